package import Core
package import Foundation
import Postgres

extension PostgresLedger {
    package func accounts() async throws(StoreFailure) -> [AccountRecord] {
        try await read(AccountStatements.all()) { (row) throws(PostgresError) in
            let account: AccountID = try row.id("account")
            let held: Date? = try row["held_at"]
            let because: String? = try row["held_because"]
            return AccountRecord(
                account: account,
                mode: try row.word("mode"),
                because: try row["mode_because"],
                by: try row["mode_by"],
                at: try row["mode_at"],
                origin: try row["mode_origin", as: String?.self].flatMap(AccountOverview.Origin.init),
                hold: held.map { AccountHold(account: account, since: $0, because: because ?? "") },
                acceptedAt: try row["accepted_at"]
            )
        }
    }

    package func setMode(
        _ account: AccountID,
        _ mode: AccountRecord.Mode,
        of origin: AccountOverview.Origin = .settings,
        because: String,
        at: Date
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let statement = AccountStatements.setMode(account, mode, of: origin, because: because, at: at)
            _ = try await session.run(statement)
        }
    }

    package func lapseModes(_ origins: [AccountID: AccountOverview.Origin]) async throws(StoreFailure) {
        // Most often there is none: then nothing is written, and nothing has to be sealed.
        guard try await accounts().contains(where: { $0.coming(from: origins[$0.account]).mode != $0.mode }) else {
            return
        }
        let sorted = origins.sorted { $0.key < $1.key }
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.rows(
                AccountStatements.lapseModes(sorted.map(\.key.text), of: sorted.map(\.value.rawValue))
            ) { (row) throws(PostgresError) in try row["lapsed", as: Int32.self] }
        }
    }

    package func retire(_ target: Target, because: String, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            try await session.serialise("curfew lives")
            guard try await session.run(AccountStatements.retire(target, because: because, at: at)) > 0 else {
                throw .store(StoreFailure(.notFound, "\(target) is no target that is read"))
            }
            try await session.run(RegroupStatements.endLives(at: at))
        }
    }

    package func accept(_ target: Target, because: String, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            guard try await session.run(AccountStatements.accept(target, because: because, at: at)) > 0 else {
                throw .store(StoreFailure(.notFound, "\(target) is no target that is read"))
            }
        }
    }

    package func accept(_ account: AccountID, because: String, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            guard try await session.run(AccountStatements.accept(account, because: because, at: at)) > 0 else {
                throw .store(StoreFailure(.notFound, "account \(account) is not held"))
            }
        }
    }

    package func pause(because: String, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            guard try await session.run(AccountStatements.pause(because: because, at: at)) > 0 else {
                throw .store(StoreFailure(.conflict, "it is paused already", advice: "`curfew resume` ends the pause"))
            }
        }
    }

    package func resume(at: Date) async throws(StoreFailure) -> Bool {
        try await transact { (session) async throws(LedgerError) in
            try await session.run(AccountStatements.resume(at: at)) > 0
        }
    }

    package func pauseReason() async throws(StoreFailure) -> String? {
        try await read(AccountStatements.pauseReason()) { (row) throws(PostgresError) in
            let (because, by): (String, String) = (try row["because"], try row["paused_by"])
            return "\(because) (\(by))"
        }.first
    }
}
