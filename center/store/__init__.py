"""Tables, migrations, unit of work, batch committer."""
