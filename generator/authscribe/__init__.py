"""authscribe keeps everything that repeats how connectors authenticate true to one set of definitions."""
