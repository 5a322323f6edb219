"""Training sees what the runtime sees, and computes what transformers computes."""

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from edge_agent.model.chat import ChatTemplate
from edge_agent.model.types import Exchange, ToolCall
from edge_agent.system_prompt import build_system_prompt
from tools.nano.batch import lay_out
from tools.nano.conversation_lessons import after
from tools.nano.decoder import PackedDecoder, decoder_config
from tools.nano.homes import fill_home
from tools.nano.names import TRAINING
from tools.nano.prompts import (
    REPLY_START,
    TURN_START,
    as_function,
    chat_template,
    prompt_of,
    render,
)
from tools.nano.turns import Lesson, Turn, TurnWriter

VOCABULARY = 300


def test_a_turn_stands_where_the_chat_template_puts_it():
    home = fill_home([], 6, TRAINING, random.Random(1))
    prompt = build_system_prompt(home)
    said = [{"role": "system", "content": prompt.text}, {"role": "user", "content": "turn it on"}]
    tools = [as_function(tool) for tool in prompt.tools]
    whole = render(said, tools, add_generation_prompt=True)
    assert whole == prompt_of(home) + TURN_START + "turn it on" + REPLY_START


def test_packed_logits_equal_those_of_transformers():
    from transformers import Gemma4ForCausalLM

    torch.manual_seed(0)
    model = Gemma4ForCausalLM(decoder_config(VOCABULARY, [1])).eval()
    model.set_attn_implementation("eager")
    lessons = [_lesson(seed) for seed in (1, 2)]
    batch = lay_out(lessons)
    with torch.no_grad():
        packed = PackedDecoder(model, torch.float32).logits(batch)
        expected = _one_by_one(model, lessons)
    assert torch.allclose(packed[: len(expected)], expected, atol=2e-4)


def _lesson(seed):
    rng = np.random.default_rng(seed)

    def tokens(count):
        return tuple(int(token) for token in rng.integers(4, VOCABULARY, count))

    heard = [range(4, 4 + 9 * seed)]

    def turn(before, reply, media=()):
        return Turn(tokens(before), tokens(reply), (1.0,) * reply, media)

    turns = [turn(7 + 9 * seed, 5, tuple(heard)) for _ in range(2)]
    turns += [turn(11, 3 + seed)]
    return Lesson(tokens(290 + 60 * seed), tuple(turns))


def _one_by_one(model, lessons):
    turns = [(lesson.prompt, turn) for lesson in lessons for turn in lesson.turns]
    logits = []
    for prompt, turn in sorted(turns, key=lambda pair: len(pair[1])):
        ids = torch.tensor([[*prompt, *turn.before, *turn.reply]])
        embedded = model.model.embed_tokens(ids)
        without_media = ids.clone()
        for heard in turn.media:
            without_media[0, [len(prompt) + place for place in heard]] = 0
        extra = model.model.get_per_layer_inputs(without_media, embedded)
        out = model(inputs_embeds=embedded, per_layer_inputs=extra, use_cache=False)
        logits.append(out.logits[0, -len(turn.reply) - 1 : -1])
    return torch.cat(logits)


def test_a_turn_after_another_is_laid_out_as_the_agent_does():
    class Characters:
        @staticmethod
        def encode(text, add_special_tokens):
            assert not add_special_tokens
            return list(map(ord, text))

        @staticmethod
        def convert_tokens_to_ids(tokens):
            return [-1 - number for number, _ in enumerate(tokens)]

        @staticmethod
        def get_vocab():
            return {}

    lamp = Exchange("turn on the lamp", (ToolCall("turn_on", {"device": "lamp"}),))
    writer = TurnWriter(Characters())
    turn = after(lamp, writer.typed("now off", "yes"), writer)
    template = ChatTemplate(chat_template(), ("<bos>", "<|turn>", "<turn|>"))
    conversation = template.conversation("You run a home.", ())
    laid_out = "".join(conversation.render_turn(("Now off",), (lamp,)))
    assert "".join(map(chr, turn.before)) == laid_out
