"""From trials to effects: what the interventions show of every class and case."""
