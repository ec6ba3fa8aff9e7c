# Streams and waits have no end that a request could be judged by.
import schemathesis


@schemathesis.hook
def map_query(ctx, query):
    if query:
        query.pop("watch", None)
        query.pop("wait", None)
    return query
