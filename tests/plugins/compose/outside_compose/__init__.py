"""Target for Compose outside of authscribe; its template is in the folder `outside-compose`."""
