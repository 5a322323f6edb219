"""Average the weights of several checkpoints into `train.pt`: `python -m tools.nano.average`.

The mean of two stages of one training is often better than either, and never cost more.
"""

from pathlib import Path

import torch

from tools.nano.model import Checkpoint
from tools.nano.work import work_parser


def main() -> None:
    """Write the first checkpoint with the mean of all their weights."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("checkpoints", type=Path, nargs="+", help="kept copies of train.pt")
    options = parser.parse_args()
    first, *others = [Checkpoint.load(path) for path in options.checkpoints]
    for name, weight in first.mean.items():
        if weight.is_floating_point():
            alike = [weight, *(other.mean[name] for other in others)]
            first.mean[name] = torch.stack(alike).mean(dim=0)
    first.save(options.work / "train.pt")


if __name__ == "__main__":
    main()
