"""What people do with what the engine finds: Django apps, each with models, services (writes), queries (reads),
policies (rights) and tasks.
"""
