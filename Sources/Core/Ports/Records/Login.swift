/// Who is connected, as the database proves it.
package struct Login: Sendable, Hashable {
    package var name: String
    /// Member of `curfew_operator` (or the owner of the database).
    package var isOperator: Bool
    /// The database is our own private cluster.
    package var embedded: Bool

    package init(name: String, isOperator: Bool, embedded: Bool) {
        self.name = name
        self.isOperator = isOperator
        self.embedded = embedded
    }
}
