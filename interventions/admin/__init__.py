"""The plan, the rounds, the voortgang and the figures in the admin: to read, and to act upon by the verbs."""

from . import figures, plan, progress, rounds

__all__ = ["figures", "plan", "progress", "rounds"]
