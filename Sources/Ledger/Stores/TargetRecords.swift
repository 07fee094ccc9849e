package import Core
package import Foundation
import Postgres

extension PostgresLedger: TargetStore {
    package func organization() async throws(StoreFailure) -> OrganizationRecord? {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            let accounts = try await session.rows(
                TargetStatements.organizationAccounts(),
                OrganizationAccount.init(row:)
            )
            return try await session.first(TargetStatements.organizationListing()) { (row) throws(PostgresError) in
                OrganizationRecord(
                    accounts: accounts,
                    listedAt: try row["listed_at"],
                    trouble: try TroubleRecord(row: row)
                )
            }
        }
    }

    package func note(_ accounts: [ListedAccount], at: Date) async throws(StoreFailure) {
        // A listing may repeat an account on two pages; the later page is the newer word.
        let newest = Dictionary(accounts.map { ($0.id, $0) }) { $1 }.values.sorted { $0.id < $1.id }
        try await transact { (session) async throws(LedgerError) in
            try await session.serialise("curfew organization")
            try await session.run(TargetStatements.stageListing())
            try await session.copy(
                newest,
                into: "staged_organization",
                columns: ["account", "name", "state", "partition", "units"]
            ) { account, copy in
                copy.append(account.id.text)
                copy.append(account.name)
                copy.append(account.state)
                copy.append(account.partition)
                copy.append(account.units)
            }
            try await session.run(TargetStatements.auditListing())
            try await session.run(TargetStatements.leaveOrganization(at: at))
            try await session.run(TargetStatements.mergeListing(at: at))
            try await session.run(TargetStatements.noteListed(at: at))
        }
    }

    package func note(unlisted failure: ProviderFailure, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(TargetStatements.noteUnlisted(failure, at: at))
        }
    }

    package func regions() async throws(StoreFailure) -> [AccountID: RegionsRecord] {
        let records = try await read(TargetStatements.regions()) {
            (row) throws(PostgresError) -> (account: AccountID, regions: RegionsRecord) in
            let regions: [String] = try row["regions"]
            return (
                try row.id("account"),
                RegionsRecord(
                    regions: regions.map { Region($0) },
                    readAt: try row["read_at"],
                    trouble: try TroubleRecord(row: row)
                )
            )
        }
        return Dictionary(uniqueKeysWithValues: records.map { ($0.account, $0.regions) })
    }

    package func note(_ regions: [Region], of account: AccountID, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(TargetStatements.noteRegions(regions, of: account, at: at))
        }
    }

    package func note(
        unread failure: ProviderFailure,
        of account: AccountID,
        at: Date
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(TargetStatements.noteUnread(failure, of: account, at: at))
        }
    }

    package func reopen(_ target: Target, because: String, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            guard try await session.run(TargetStatements.reopen(target, because: because, at: at)) > 0 else {
                throw .store(StoreFailure(.notFound, "\(target) is no retired target"))
            }
        }
    }
}

extension OrganizationAccount {
    fileprivate init(row: Row) throws(PostgresError) {
        let listed = ListedAccount(
            id: try row.id("account"),
            name: try row["name"],
            state: try row["state"],
            partition: try row["partition"],
            units: try row["units", as: [String]?.self]
        )
        self.init(listed: listed, seenAt: try row["seen_at"], leftAt: try row["left_at"])
    }
}

extension TroubleRecord {
    /// Nil where nothing failed.
    fileprivate init?(row: Row) throws(PostgresError) {
        guard let at = try row["failed_at", as: Date?.self] else { return nil }
        let why: String? = try row["failure"]
        let advice: String? = try row["advice"]
        self.init(why: why ?? "", advice: advice ?? "", at: at)
    }
}
