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
from tools.nano.lessons import Lesson
from tools.nano.names import TRAINING
from tools.nano.prompts import (
    REPLY_START,
    TURN_START,
    as_function,
    chat_template,
    prompt_of,
    render,
)
from tools.nano.reader import READING_WIDTH
from tools.nano.turns import Turn, TurnWriter

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
    sound = torch.randn(len(batch.sound), model.config.hidden_size)
    with torch.no_grad():
        packed = PackedDecoder(model, torch.float32).logits(batch, sound)
        expected = _one_by_one(model, lessons, sound)
    assert torch.allclose(packed[: len(expected)], expected, atol=2e-4)


def _lesson(seed):
    rng = np.random.default_rng(seed)

    def tokens(count):
        return tuple(int(token) for token in rng.integers(4, VOCABULARY, count))

    def sound(count):
        return rng.normal(size=(count, READING_WIDTH)).astype(np.float16)

    turns = [Turn(tokens(4), sound(9 * seed), tokens(3), tokens(5)) for _ in range(2)]
    turns += [Turn(tokens(11), None, (), tokens(3 + seed))]
    return Lesson(tokens(290 + 60 * seed), tuple(turns))


def _one_by_one(model, lessons, sound):
    turns = [(lesson.prompt, turn) for lesson in lessons for turn in lesson.turns]
    logits, used = [], 0
    for prompt, turn in sorted(turns, key=lambda pair: len(pair[1])):
        heard = 0 if turn.sound is None else len(turn.sound)
        ids = [*prompt, *turn.before, *([0] * heard), *turn.after, *turn.reply]
        ids = torch.tensor([ids])
        embedded = model.model.embed_tokens(ids)
        first = len(prompt) + len(turn.before)
        embedded[0, first : first + heard] = sound[used : used + heard]
        used += heard
        extra = model.model.get_per_layer_inputs(ids, embedded)
        out = model(inputs_embeds=embedded, per_layer_inputs=extra, use_cache=False)
        logits.append(out.logits[0, -len(turn.reply) - 1 : -1])
    return torch.cat(logits)


def test_a_turn_after_another_is_laid_out_as_the_agent_does():
    class Characters:
        @staticmethod
        def encode(text, add_special_tokens):
            assert not add_special_tokens
            return list(map(ord, text))

    lamp = Exchange("turn on the lamp", (ToolCall("turn_on", {"device": "lamp"}),))
    writer = TurnWriter(Characters())
    turn = after(lamp, writer.typed("now off", "yes"), writer)
    template = ChatTemplate(chat_template(), ("<bos>", "<|turn>", "<turn|>"))
    conversation = template.conversation("You run a home.", ())
    laid_out = "".join(conversation.render_turn(("Now off",), (lamp,)))
    assert "".join(map(chr, turn.before)) == laid_out
