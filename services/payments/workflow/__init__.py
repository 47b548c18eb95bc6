"""The durable processes of payments. Read: bodies (what follows what), acts, including and filing (what is
done), words (how they speak with the streams), effects.
"""
