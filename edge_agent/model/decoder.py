"""The language model: fills the KV cache with a prompt's tokens, and says what may come next."""

from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.attention_mask import AttentionMask
from edge_agent.model.compiled_model import CancelFlag, CompiledModel, Tensor
from edge_agent.model.embedder import Embedder
from edge_agent.model.errors import ModelError, ModelFileError
from edge_agent.model.kv_cache import KVCache
from edge_agent.model.litert import TensorSpec
from edge_agent.model.prompt import Prompt
from edge_agent.model.run_plan import PlannedRun, RunCosts, plan_runs
from edge_agent.model.signatures import DecoderLayout, Step

_SOFT_TOKEN_ID = 0
"""The id whose per-layer embedding stands at soft tokens, as in transformers and LiteRT-LM."""


class Decoder:
    """A compiled `prefill_decode` section with its KV cache and its embedders."""

    def __init__(
        self,
        model: CompiledModel,
        layout: DecoderLayout,
        embedder: Embedder | None,
        per_layer_embedder: Embedder | None,
    ) -> None:
        """Allocate the cache; raises `ModelFileError` if the embedders do not fit."""
        self.layout = layout
        self.cache = KVCache(layout.caches, layout.context)
        self._model = model
        self._embedder, self._per_layer = embedder, per_layer_embedder
        self._steps = [step for step in layout.steps if step.length <= layout.context]
        self._costs = RunCosts(self._steps)
        self._decode = plan_runs(1, 1, self._steps, self._costs, scored=True)
        self._runners: dict[str, _StepRunner] = {}
        for step in self._steps:
            _check_rows(step, step.embeddings, embedder, "embedder")
            _check_rows(step, step.per_layer, per_layer_embedder, "per_layer_embedder")

    def prefill(self, prompt: Prompt) -> None:
        """Append `prompt` to the cache.

        Raises `ModelError` if it does not fit into the context, and `RunCancelledError` if the
        model's flag was set: the runs that were finished by then stay.
        """
        self._run(prompt, scored=False)

    def feed(self, prompt: Prompt) -> NDArray[np.float32]:
        """Append `prompt`, as `prefill` does, and return the logits [vocabulary] of what follows.

        The array is the model's own and holds until the next run.
        """
        return self._run(prompt, scored=True)

    def stop_on(self, flag: CancelFlag) -> None:
        """Break off every run when `flag` is set."""
        self._model.stop_on(flag)

    def close(self) -> None:
        """Give all tensors back."""
        for runner in self._runners.values():
            runner.close()
        self.cache.close()

    def _run(self, prompt: Prompt, *, scored: bool) -> NDArray[np.float32]:
        logits = _NO_LOGITS
        done = 0
        for run in self._plan(len(prompt), scored=scored):
            runner = self._runner(run.step)
            runner.load(prompt.part(done, done + run.tokens), self.cache.length)
            started = perf_counter()
            runner.run()
            self._costs.observe(run.step, perf_counter() - started)
            self.cache.length += run.tokens
            done += run.tokens
            logits = runner.logits_of(run.tokens - 1)
        return logits

    def _plan(self, tokens: int, *, scored: bool) -> tuple[PlannedRun, ...]:
        if tokens > self.cache.room:
            raise ModelError(
                f"the conversation is too long: {tokens} tokens come in, and {self.cache.room} of"
                f" the context of {self.cache.context} are free"
            )
        if tokens == 1 and scored:
            return self._decode
        return plan_runs(tokens, self.cache.room, self._steps, self._costs, scored=scored)

    def _runner(self, step: Step) -> "_StepRunner":
        """Return the runner of `step`; its buffers are made when it is first wanted."""
        if step.key not in self._runners:
            self._runners[step.key] = _StepRunner(
                self._model, step, self.cache, self._embedder, self._per_layer
            )
        return self._runners[step.key]


_NO_LOGITS: NDArray[np.float32] = np.empty(0, np.float32)


class _StepRunner:
    """One signature with its input and output buffers."""

    def __init__(
        self,
        model: CompiledModel,
        step: Step,
        cache: KVCache,
        embedder: Embedder | None,
        per_layer_embedder: Embedder | None,
    ) -> None:
        signature = step.signature
        caches = cache.tensors
        inputs = {s.name: caches.get(s.name) or Tensor(s) for s in signature.inputs}
        outputs = {s.name: caches.get(s.name) or Tensor(s) for s in signature.outputs}
        self._own = [t for t in (*inputs.values(), *outputs.values()) if t.spec.name not in caches]
        self._bound = model.bind(step.key, inputs, outputs)
        self.run = self._bound.run
        self._embedder, self._per_layer_embedder = embedder, per_layer_embedder

        def array(spec: TensorSpec | None) -> NDArray[np.float32] | None:
            return inputs[spec.name].array if spec else None

        tokens, embeddings, per_layer = map(array, (step.tokens, step.embeddings, step.per_layer))
        self._tokens = None if tokens is None else tokens[0]
        self._embeddings = None if embeddings is None else embeddings[0]
        self._per_layer = None if per_layer is None else per_layer[0]
        self._mask = AttentionMask(inputs[step.mask.name].array, step.mask) if step.mask else None
        self._positions = inputs[step.positions.name].array.reshape(-1)
        self._offsets = np.arange(step.length, dtype=np.int32)
        parameters = array(step.parameters)
        self._parameters = None if parameters is None else parameters.reshape(-1)
        self._logits = outputs[step.logits.name].array[0] if step.logits else None

    def load(self, prompt: Prompt, start: int) -> None:
        """Set the inputs: `prompt` fills the first places, which begin at position `start`."""
        row = 0
        for segment in prompt.segments:
            rows = slice(row, row + len(segment))
            if segment.ndim == 1:
                self._load_ids(segment, rows)
            else:
                self._load_soft(segment, rows)
            row += len(segment)
        np.add(self._offsets, start, out=self._positions)
        if self._mask is not None:
            self._mask.move_to(start)
        if self._parameters is not None:
            self._parameters[:3] = start, start + row, start + row

    def logits_of(self, place: int) -> NDArray[np.float32]:
        """Return the logits after the token in `place`; empty for a signature without any."""
        return _NO_LOGITS if self._logits is None else self._logits[place]

    def close(self) -> None:
        for tensor in self._own:
            tensor.close()

    def _load_ids(self, ids: NDArray[np.int32], rows: slice) -> None:
        if self._tokens is not None:
            self._tokens[rows] = ids
        if self._embeddings is not None and self._embedder is not None:
            self._embedder.look_up(ids, self._embeddings[rows])
        if self._per_layer is not None and self._per_layer_embedder is not None:
            self._per_layer_embedder.look_up(ids, self._per_layer[rows])

    def _load_soft(self, embeddings: NDArray[np.float32], rows: slice) -> None:
        if self._embeddings is None:
            raise ModelError("this model takes token ids only: it can neither hear nor see")
        self._embeddings[rows] = embeddings
        if self._per_layer is not None and self._per_layer_embedder is not None:
            ids = np.full(len(embeddings), _SOFT_TOKEN_ID, np.int32)
            self._per_layer_embedder.look_up(ids, self._per_layer[rows])


def _check_rows(step: Step, spec: TensorSpec | None, embedder: Embedder | None, name: str) -> None:
    if spec is None:
        return
    if embedder is None:
        raise ModelFileError(f"signature {step.key} takes {spec}, and the file has no {name}")
    if embedder.row_shape != spec.shape[2:]:
        raise ModelFileError(
            f"signature {step.key}: {spec} does not fit the {name}, which gives"
            f" {list(embedder.row_shape)} a token"
        )
