"""The tables that turn a token id into what the decoder takes in: one row of numbers a token."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.compiled_model import BoundSignature, CompiledModel, Tensor
from edge_agent.model.errors import ModelFileError
from edge_agent.model.litert import Signature


class Embedder:
    """An `embedder` or `per_layer_embedder` section.

    Each signature takes int32 [1, T] and gives float32 [1, T, ...]; files have one for a single
    token, or several lengths.
    """

    def __init__(self, model: CompiledModel, section: str) -> None:
        """Prepare every length; raises `ModelFileError` if a signature is not as above."""
        lookups = [_Lookup(model, key, section) for key in model.signatures]
        self._by_length = sorted(lookups, key=lambda lookup: lookup.length)
        if not lookups:
            raise ModelFileError(f"section {section} has no signature")
        self.row_shape: tuple[int, ...] = lookups[0].rows.shape[1:]

    def look_up(self, ids: NDArray[np.int32], rows: NDArray[np.float32]) -> None:
        """Write the row of each of `ids` [n] into `rows` [n, ...]."""
        if self._by_length[-1].length == 1:
            self._look_up_singly(ids.tolist(), rows)
            return
        done, total = 0, len(ids)
        while done < total:
            lookup = self._best(total - done)
            taken = min(lookup.length, total - done)
            lookup.look_up(ids[done : done + taken], rows[done : done + taken])
            done += taken

    def _look_up_singly(self, ids: list[int], rows: NDArray[np.float32]) -> None:
        """Run the table once for each id that is new; prompts say many words again."""
        lookup = self._by_length[0]
        places: dict[int, int] = {}
        for place, token in enumerate(ids):
            known = places.setdefault(token, place)
            rows[place] = lookup.row(token) if known == place else rows[known]

    def close(self) -> None:
        """Give the tensors back."""
        for lookup in self._by_length:
            lookup.close()

    def _best(self, tokens: int) -> "_Lookup":
        """Return the longest that `tokens` fill, or else the shortest."""
        filled = [lookup for lookup in self._by_length if lookup.length <= tokens]
        return filled[-1] if filled else self._by_length[0]


class _Lookup:
    def __init__(self, model: CompiledModel, key: str, section: str) -> None:
        signature = model.signatures[key]
        _check(signature, section)
        self._ids = Tensor(signature.inputs[0])
        self._output = Tensor(signature.outputs[0])
        self.rows: NDArray[Any] = self._output.array[0]
        self._first_row: NDArray[np.float32] = self.rows[0]
        self.length = self._ids.array.size
        self._flat_ids = self._ids.array.reshape(-1)
        self._bound: BoundSignature = model.bind(
            key, {signature.inputs[0].name: self._ids}, {signature.outputs[0].name: self._output}
        )

    def look_up(self, ids: NDArray[np.int32], rows: NDArray[np.float32]) -> None:
        self._flat_ids[: len(ids)] = ids
        self._bound.run()
        rows[...] = self.rows[: len(ids)]

    def row(self, token: int) -> NDArray[np.float32]:
        """Return the row of one token; it holds until the next look."""
        self._flat_ids[0] = token
        self._bound.run()
        return self._first_row

    def close(self) -> None:
        self._ids.close()
        self._output.close()


def _check(signature: Signature, section: str) -> None:
    name = f"section {section}, signature {signature.key}"
    if len(signature.inputs) != 1 or len(signature.outputs) != 1:
        raise ModelFileError(f"{name}: not one input and one output")
    ids, rows = signature.inputs[0], signature.outputs[0]
    if ids.dtype != np.int32 or min(ids.shape, default=0) < 1:
        raise ModelFileError(f"{name}: {ids} is not int32 [1, T]")
    length = int(np.prod(ids.shape))
    if rows.dtype != np.float32 or rows.shape[:2] != (1, length):
        raise ModelFileError(f"{name}: {rows} is not float32 [1, {length}, ...]")
