"""`finnest upgrade-check`: whether what a home or a cluster has can be taken over by this version."""
