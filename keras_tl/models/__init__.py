"""What gets built: backbones, preprocessing in the graph, heads, and a model's own card."""
