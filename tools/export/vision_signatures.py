"""Vision towers with a signature for each budget of soft tokens, as Google's own files have them.

litert-torch 0.10.0 writes one budget alone. Its modules say what each signature takes by example:
asked once for each budget, they give examples for all, and the weights are shared between them.
"""

from collections.abc import Sequence
from typing import Any

BUDGET = "gemma4_vision_max_soft_tokens"
"""The exporter's name for the soft tokens that a picture may take."""


def offer_budgets(budgets: Sequence[int]) -> None:
    """Have the exporter write a signature for each of `budgets`, from now on in this process."""
    from litert_torch.generative.export_hf.model_ext.gemma4 import (  # noqa: PLC0415 - heavy
        vision_exportable,
    )

    for module in (
        vision_exportable.LiteRTExportableModuleForGemma4VisionEncoder,
        vision_exportable.LiteRTExportableModuleForGemma4VisionAdapter,
    ):
        module.get_sample_inputs = _for_each(budgets, module.get_sample_inputs)


def _for_each(budgets: Sequence[int], example: Any) -> Any:  # noqa: ANN401 - methods of litert-torch
    def examples(module: Any, model_config: Any, **settings: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            key: inputs
            for budget in budgets
            for key, inputs in example(module, model_config, **settings | {BUDGET: budget}).items()
        }

    return examples
