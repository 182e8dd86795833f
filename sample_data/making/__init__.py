"""Makes the sample data and the network that `auditor demo` audits."""
