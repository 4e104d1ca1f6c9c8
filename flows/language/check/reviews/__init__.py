"""Who is led to a review, judged by trying all scores in all flows together."""
