import Core
import Postgres

/// What goes wrong inside a transaction: PostgreSQL's own errors, which may be tried again, and ours, which may not.
enum LedgerError: CarriesPostgresError {
    case postgres(PostgresError)
    case store(StoreFailure)

    init(_ error: PostgresError) { self = .postgres(error) }

    /// Nothing of the transaction has happened, and the same may succeed in a moment.
    var isWorthAnotherTry: Bool {
        guard case .postgres(let error) = self else { return false }
        // A connection that broke before COMMIT was sent has left nothing behind.
        return error.isRetryable || error.kind == .connectionLost
            || (error.isServerGoingAway && !error.isOutcomeUnknown)
    }

    func failure(advice: String) -> StoreFailure {
        switch self {
        case .store(let failure): failure
        case .postgres(let error): StoreFailure(error, advice: advice)
        }
    }
}

extension PostgresError {
    fileprivate var isServerGoingAway: Bool { kind == .server && isConnectionFailure }
}

extension StoreFailure {
    /// `advice` is what to do when the database cannot be reached.
    init(_ error: PostgresError, advice: String) {
        switch error.kind {
        case _ where error.isConnectionFailure:
            self.init(.unreachable, error.description, advice: advice)
        case .privateServer:
            self.init(.unreachable, error.description, advice: advice)
        case .cancelled:
            self.init(.unreachable, "the work was stopped before the database had answered")
        case _ where error.isInsufficientPrivilege:
            self.init(
                .refused,
                "the database refuses: \(error.description)",
                advice: "ask the database's owner which roles your login has (see `curfew database grants`)"
            )
        case _ where error.isRetryable || error.isLockNotAvailable:
            self.init(
                .conflict,
                "others were changing the same records: \(error.description)",
                advice: "try again in a moment"
            )
        case _ where error.sqlState == .undefinedTable:
            self.init(.schema, error.description, advice: "run `curfew database migrate`")
        default:
            self.init(.broken, "the database and this program do not fit: \(error.description)")
        }
    }
}
