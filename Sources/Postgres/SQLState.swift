/// The five characters with which PostgreSQL says what went wrong (its manual, appendix A).
package struct SQLState: Hashable, Sendable, CustomStringConvertible {
    package let code: String

    package init(_ code: String) { self.code = code }

    package static let protocolViolation = Self("08P01")
    package static let uniqueViolation = Self("23505")
    package static let foreignKeyViolation = Self("23503")
    package static let checkViolation = Self("23514")
    package static let notNullViolation = Self("23502")
    package static let exclusionViolation = Self("23P01")
    package static let serializationFailure = Self("40001")
    package static let statementCompletionUnknown = Self("40003")
    package static let deadlockDetected = Self("40P01")
    package static let insufficientPrivilege = Self("42501")
    package static let undefinedTable = Self("42P01")
    package static let syntaxError = Self("42601")
    package static let duplicateDatabase = Self("42P04")
    package static let invalidCatalogName = Self("3D000")
    package static let invalidPassword = Self("28P01")
    package static let lockNotAvailable = Self("55P03")
    package static let queryCanceled = Self("57014")
    package static let adminShutdown = Self("57P01")
    package static let crashShutdown = Self("57P02")
    package static let cannotConnectNow = Self("57P03")
    package static let idleSessionTimeout = Self("57P05")
    package static let tooManyConnections = Self("53300")
    package static let readOnlyTransaction = Self("25006")
    /// What `RAISE EXCEPTION` gives when the function names no other code.
    package static let raiseException = Self("P0001")

    /// The first two characters, such as `23` for integrity constraints.
    package var category: Substring { code.prefix(2) }

    package var description: String { code }

    /// The server ended this connection, or there is none.
    package var isConnectionFailure: Bool {
        // 08P01 is a message that the server could not read, such as a value too short in a binary COPY.
        category == "08" && self != .protocolViolation
            || [.adminShutdown, .crashShutdown, .cannotConnectNow, .idleSessionTimeout].contains(self)
    }
}
