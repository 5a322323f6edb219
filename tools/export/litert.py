"""Exporting a Hugging Face directory with litert-torch: TFLite models, one for each section."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from tools.export import tensorflow_schema
from tools.export.sections import Sections
from tools.export.vision_signatures import BUDGET, offer_budgets

MAGIC_CONTEXT = 32_003
"""The context length that Google's published files carry: a runtime replaces it by its own."""


@dataclass(frozen=True)
class Form:
    """How a model is written down.

    `weights`, `audio_weights` and `vision_weights` are recipes of ai-edge-quantizer, None for
    float32. `published` gives the decoder the inputs that Google's own files have: a bool mask, and
    `param_tensor` with the rows that a run writes. `vision_budgets` are the soft tokens that a
    picture may take, a signature each; without any there is no vision tower.
    """

    prefill_lengths: Sequence[int]
    context: int
    weights: str | None = "dynamic_wi8_afp32"
    audio_weights: str | None = "dynamic_wi8_afp32"
    published: bool = False
    task: Literal["multimodal_lm", "text_generation"] = "multimodal_lm"
    audio: bool = True
    vision_weights: str | None = "dynamic_wi8_afp32"
    vision_budgets: Sequence[int] = ()


def export_sections(directory: Path, work: Path, form: Form) -> Sections:
    """Export the model in `directory`; the parts are left in `work`.

    It happens in a process of its own: litert-torch swaps classes of transformers for its own,
    which misses those that were used before (the audio tower then fails to export).
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(_export, directory, work, form).result()
    return _sections(work)


def _export(directory: Path, work: Path, form: Form) -> None:
    tensorflow_schema.install()
    from litert_torch.generative.export_hf import export  # noqa: PLC0415 - after install()

    options: dict[str, Any] = {}
    if form.published:
        options |= {"use_bool_mask": True, "apply_gpu_composites": True}
    if form.vision_budgets:
        offer_budgets(form.vision_budgets)
        options[BUDGET] = max(form.vision_budgets)
    export.export(
        model=str(directory),
        output_dir=str(work),
        task=form.task,
        prefill_lengths=list(form.prefill_lengths),
        cache_length=form.context,
        quantization_recipe=form.weights or "none",
        audio_encoder_quantization_recipe=form.audio_weights or "none",
        vision_encoder_quantization_recipe=form.vision_weights or "none",
        externalize_embedder=True,
        export_audio_encoder=form.audio,
        export_vision_encoder=bool(form.vision_budgets),
        keep_temporary_files=True,
        **options,
    )


def _sections(work: Path) -> Sections:
    """Find what litert-torch wrote; a quantised model stands beside its float original."""

    def model(name: str) -> Path | None:
        found = [work / f"{name}{ending}.tflite" for ending in ("_quantized", "")]
        return next((path for path in found if path.exists()), None)

    sentencepiece = work / "tokenizer.model"
    executor_metadata = work / "executor_metadata.pb"
    return Sections(
        llm_metadata=work / "llm_metadata.pb",
        tokenizer=sentencepiece if sentencepiece.exists() else work / "tokenizer.json",
        prefill_decode=model("model") or work / "model.tflite",
        embedder=model("embedder"),
        per_layer_embedder=model("per_layer_embedder"),
        audio_encoder_hw=model("audio_encoder"),
        audio_adapter=model("audio_adapter"),
        end_of_audio=model("eoa"),
        vision_encoder=model("vision_encoder"),
        vision_adapter=model("vision_adapter"),
        end_of_vision=model("eoi"),
        executor_metadata=executor_metadata if executor_metadata.exists() else None,
    )
