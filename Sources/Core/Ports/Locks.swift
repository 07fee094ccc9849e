/// One at a time across machines.
package protocol Locks: Sendable {
    /// Runs the body while holding the named lock; nil when another process holds it.
    func holding<Value: Sendable>(
        _ name: String,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value?
}
