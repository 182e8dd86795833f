"""What a run says, where teams look: model cards, Croissant metadata, MLflow, Weights & Biases."""

from auditor.publishing.croissant import write_croissant
from auditor.publishing.model_card import model_card
from auditor.publishing.numbers import class_numbers, run_numbers
from auditor.publishing.tracker import Tracker
from auditor.publishing.trackers import TRACKERS, log_run, tracker_of

__all__ = [
    "TRACKERS",
    "Tracker",
    "class_numbers",
    "log_run",
    "model_card",
    "run_numbers",
    "tracker_of",
    "write_croissant",
]
