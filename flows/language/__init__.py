"""The flow language: what a flow may say, read strictly and checked before it runs."""
