"""Read the features of all clips once, for the decoder: `python -m tools.nano.read`.

A shard of readings, float16 [tokens, 512], stands beside the index of its features. Of all but a
clip's first variant, short spans are silenced before: the decoder is to find devices by what is
left of their names, because voices that it never heard are read less well.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tools.nano.adapter import Adapter
from tools.nano.decoder import HIDDEN_WIDTH
from tools.nano.reader import hidden_in_part
from tools.nano.tokenizer import load_tokenizer
from tools.nano.work import work_parser

_HIDDEN_SHARE = 0.06
_BATCH = 32


def main() -> None:
    """Read every shard of features by the adapter of the work folder."""
    options = work_parser(__doc__ or "").parse_args()
    torch.manual_seed(0)
    adapter = Adapter(len(load_tokenizer(options.work)), HIDDEN_WIDTH).eval()
    adapter.load_state_dict(torch.load(options.work / "adapter.pt", weights_only=True))
    folder: Path = options.work / "readings"
    folder.mkdir(exist_ok=True)
    indexes = sorted((options.work / "features").glob("*.json"))
    for done, index in enumerate(indexes, 1):
        features = np.load(index.with_suffix(".npy"), mmap_mode="r")
        spans = [(row["start"], row["tokens"]) for row in json.loads(index.read_text())]
        hidden = 0.0 if index.stem.endswith(".0") else _HIDDEN_SHARE
        np.save(folder / f"{index.stem}.npy", _read(features, spans, adapter.reader, hidden))
        shutil.copy(index, folder / index.name)
        print(f"{done} of {len(indexes)}: {index.stem}", flush=True)


@torch.inference_mode()
def _read(
    features: NDArray[np.float16], spans: list[tuple[int, int]], reader: nn.Module, hidden: float
) -> NDArray[np.float16]:
    """Read the clips that lie at `spans` (first token, tokens), one below the other as before."""
    read = []
    for first in range(0, len(spans), _BATCH):
        group = spans[first : first + _BATCH]
        longest = max(tokens for _, tokens in group)
        padded = torch.zeros(len(group), longest, features.shape[1])
        there = torch.zeros(len(group), longest)
        for row, (start, tokens) in enumerate(group):
            padded[row, :tokens] = torch.from_numpy(np.array(features[start : start + tokens]))
            there[row, :tokens] = 1
        if hidden:
            padded = hidden_in_part(padded, hidden)
        with torch.autocast("cpu", torch.bfloat16):
            readings = reader(padded, there).to(torch.float16).numpy()
        read += [readings[row, :tokens] for row, (_, tokens) in enumerate(group)]
    return np.concatenate(read)


if __name__ == "__main__":
    main()
