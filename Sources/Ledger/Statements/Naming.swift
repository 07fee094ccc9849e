import Postgres

/// A statement under the name that errors show.
///
/// A function, because a literal with a method call behind it would be
/// text, with its values written into it.
func named(_ name: String, _ sql: SQL) -> SQL { sql.named(name) }
