"""What happens over time: phases, recipes, fine-tuning, and the directory of a run."""
