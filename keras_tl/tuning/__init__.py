"""Many trainings: which settings suit the data, found without paying for the same work twice."""
