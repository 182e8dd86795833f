"""Plants shortcuts whose answer is known, audits them, and counts hits and false alarms."""
