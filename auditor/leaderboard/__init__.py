"""Several audits of the same data side by side: which network relies least on cues, and on which.

docs/many-models.md.
"""

from auditor.leaderboard.boards import Leaderboard, LeaderboardRow, SharedCues
from auditor.leaderboard.ranking import leaderboard

__all__ = ["Leaderboard", "LeaderboardRow", "SharedCues", "leaderboard"]
