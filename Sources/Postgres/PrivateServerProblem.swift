/// Why a private server could not be started, stopped or reached.
package enum PrivateServerProblem: Hashable, Sendable {
    /// No PostgreSQL programs were found.
    case noPrograms
    /// The data folder was made by another major version.
    case otherVersion(data: Int, programs: [Int])
    /// A path cannot be used: too long, of another owner, open to others, not reachable, strange characters.
    case badPath
    /// `initdb` failed.
    case initialization
    /// The server did not start.
    case start
    /// The server did not stop.
    case stop
    /// `pg_dump` or `pg_restore` did not do it.
    case dump
    /// There is no data folder, or nobody runs on it.
    case notRunning
}
