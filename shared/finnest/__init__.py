"""The kernel: what every feature rests on. Lower layers first: records, ids, errors, context; turn; ports;
turns, feature, manifest, views; dapr and web; testing, dev, cli."""
