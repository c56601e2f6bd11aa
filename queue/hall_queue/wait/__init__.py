"""The wait estimate: p50 and p90 of somebody who joins a line (domain rule 19, docs/wait-estimate.md)."""

from hall_queue.wait.accuracy import Accuracy, AccuracyPicture, Figures
from hall_queue.wait.learnt import Waits
from hall_queue.wait.model import Situation, Wait
from hall_queue.wait.structural import PRIOR_S, WALK_S, estimate

__all__ = [
    "PRIOR_S",
    "WALK_S",
    "Accuracy",
    "AccuracyPicture",
    "Figures",
    "Situation",
    "Wait",
    "Waits",
    "estimate",
]
