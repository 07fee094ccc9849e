// The part of libpq that `Postgres` uses, found through pkg-config.
#include <libpq-fe.h>
