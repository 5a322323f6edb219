"""Write the trained model as `nano.litertlm`: `python -m tools.nano.export`."""

from dataclasses import replace
from pathlib import Path

import torch
from transformers import (
    Gemma4AudioConfig,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
    Gemma4VisionConfig,
    PreTrainedTokenizerFast,
)

from tools.export.gemma4_directory import save_directory
from tools.export.litert import MAGIC_CONTEXT, Form, export_sections
from tools.export.metadata import set_stop_tokens
from tools.export.sections import pack
from tools.export.tflite_file import shorten_names
from tools.nano.ears import WINDOW_TOKENS
from tools.nano.export_ears import export_module, quantise_but
from tools.nano.export_eyes import EYES, export_eyes, export_seen_words
from tools.nano.eyes import TRAINED_EYES, load_eyes
from tools.nano.model import Checkpoint, Nano
from tools.nano.picture_lessons import SOFT_TOKENS
from tools.nano.soft_words import SoftWordAdapter
from tools.nano.tokenizer import load_tokenizer
from tools.nano.work import work_parser

_PREFILL_LENGTHS = (8, 32, 128, 512)
_STOPS = ["<eos>", "<turn|>", "<|tool_response>"]
_WEIGHTS = "dynamic_wi8_afp32"


def main() -> None:
    """Export the decoder, and pack it with the ears, and with the eyes where there are any."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--target", type=Path, help="default: nano.litertlm in the work folder")
    parser.add_argument("--context", type=int, default=MAGIC_CONTEXT)
    parser.add_argument(
        "--weights",
        default=_WEIGHTS,
        help="recipe for the decoder's weights, or float32: to measure what rounding them costs",
    )
    options = parser.parse_args()
    target = options.target or options.work / "nano.litertlm"
    fresh = target.with_suffix(".new")
    model = Nano(load_tokenizer(options.work))
    model.load_state_dict(Checkpoint.load(options.work / "train.pt").mean)
    weights = None if options.weights == "float32" else options.weights
    write_file(model.eval(), options.work, fresh, options.context, weights)
    fresh.replace(target)
    print(f"{target}: {target.stat().st_size:,} bytes")


def write_file(
    model: Nano,
    work: Path,
    target: Path,
    context: int = MAGIC_CONTEXT,
    weights: str | None = _WEIGHTS,
) -> None:
    """Write `model` with the ears, eyes and vocabulary of `work` as the file `target`.

    `weights` is the recipe of ai-edge-quantizer for the decoder, None for float32.
    """
    tokenizer = load_tokenizer(work)
    folder = work / "export"
    folder.mkdir(exist_ok=True)
    save_directory(_whole(model, tokenizer), tokenizer, folder / "model")
    eyes = _eyes(work, tokenizer, folder)
    form = Form(
        _PREFILL_LENGTHS,
        context,
        weights,
        published=context == MAGIC_CONTEXT,
        vision_budgets=() if eyes is None else (SOFT_TOKENS,),
    )
    sections = export_sections(folder / "model", folder / "sections", form)
    shorten_names(sections.prefill_decode)
    set_stop_tokens(sections.llm_metadata, tokenizer.convert_tokens_to_ids(_STOPS))
    ears = folder / "ears_quantized.tflite"
    sections = replace(
        sections, audio_encoder_hw=ears, audio_adapter=_export_adapter(model, folder)
    )
    if eyes is not None:
        seen = export_seen_words(model.table().detach(), tokenizer, folder)
        sections = replace(sections, vision_encoder=eyes, vision_adapter=seen)
    pack(sections, target)


def _eyes(work: Path, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Path | None:
    """Return the exported eyes: of those that were trained, or what was exported before."""
    if (work / TRAINED_EYES).exists():
        return export_eyes(load_eyes(work), tokenizer, folder)
    return folder / EYES if (folder / EYES).exists() else None


def _whole(model: Nano, tokenizer: PreTrainedTokenizerFast) -> Gemma4ForConditionalGeneration:
    """Return the decoder inside the class that litert-torch exports, with towers to throw away."""
    number = tokenizer.convert_tokens_to_ids
    # litert-torch fixes the width of the first convolution and of the towers' outputs.
    audio = Gemma4AudioConfig(
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        subsampling_conv_channels=[128, 8],
        output_proj_dims=1536,
    )
    vision = Gemma4VisionConfig(
        hidden_size=768, intermediate_size=64, num_hidden_layers=1, num_attention_heads=12
    )
    config = Gemma4Config(
        text_config=model.decoder.config.to_dict(),
        vision_config=vision.to_dict(),
        audio_config=audio.to_dict(),
        boi_token_id=number("<|image>"),
        eoi_token_id=number("<image|>"),
        image_token_id=number("<|image|>"),
        video_token_id=number("<|video|>"),
        boa_token_id=number("<|audio>"),
        eoa_token_index=number("<audio|>"),
        audio_token_id=number("<|audio|>"),
    )
    whole = Gemma4ForConditionalGeneration(config).eval()
    whole.model.language_model.load_state_dict(model.decoder.model.state_dict())
    whole.tie_weights()
    return whole


def _export_adapter(model: Nano, folder: Path) -> Path:
    inputs = {
        "features": torch.zeros(1, WINDOW_TOKENS, 1),
        "mask": torch.ones(1, WINDOW_TOKENS, dtype=torch.bool),
    }
    adapter = SoftWordAdapter(model.table().detach())
    signature = f"audio_adapter_{WINDOW_TOKENS}"
    return quantise_but(export_module(adapter, signature, inputs, folder / "adapter.tflite"))


if __name__ == "__main__":
    main()
