package import Core
package import Foundation
import Postgres

extension PostgresLedger: CostStore {
    package func costReadings() async throws(StoreFailure) -> [AccountID: CostReadingRecord] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in try await session.costReadings() }
    }

    package func costSubjects(since: Date) async throws(StoreFailure) -> [CostSubject] {
        try await read(CostStatements.subjects(since: since)) { (row) throws(PostgresError) in
            CostSubject(
                component: try row.id("provider_id"),
                target: try row.target(),
                name: try row["name"],
                began: try row["began"],
                isElsewhere: try row["elsewhere"],
                namesakeUntil: try row["until"],
                lacksNested: try row["lacks_nested"]
            )
        }
    }

    package func record(_ outcome: CostReadingOutcome) async throws(StoreFailure) {
        try await transact(counts: false) { (session) async throws(LedgerError) in
            try await session.run(CostStatements.forgetOther(outcome))
            switch outcome.costs {
            case .failure(let failure): try await session.run(CostStatements.noteFailed(outcome, failure))
            case .success(let costs):
                try await session.run(CostStatements.noteRead(outcome))
                try await session.run(CostStatements.remove(costs))
                try await session.run(CostStatements.add(costs))
                try await session.run(CostStatements.addAmounts(costs))
            }
            var oldest = CostMonth(containing: outcome.at)
            for _ in 0..<13 { oldest = oldest.previous }
            try await session.run(CostStatements.forgetOld(before: oldest))
        }
    }
}

extension Session {
    fileprivate func costReadings() async throws(LedgerError) -> [AccountID: CostReadingRecord] {
        let found = try await rows(CostStatements.readings) { (row) throws(PostgresError) in
            (
                try row.id("account", as: AccountID.self),
                CostReadingRecord(
                    tag: try row["tag"],
                    metric: try row["metric"],
                    triedAt: try row["tried_at"],
                    readAt: try row["read_at"],
                    missing: try row["missing"],
                    advice: try row["advice"]
                )
            )
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    /// What is known of the chosen environments' costs; nothing where costs were never read.
    func costs(of chosen: SQL) async throws(LedgerError) -> [EnvironmentKey: EnvironmentCost] {
        let readings = try await costReadings()
        guard !readings.isEmpty else { return [:] }
        var known: [EnvironmentKey: EnvironmentCost] = [:]
        _ = try await rows(CostStatements.parts(of: chosen)) { (row) throws(PostgresError) in
            let component: ComponentID = try row.id("provider_id")
            let account: AccountID = try row.id("account")
            let cost = try ComponentCost(row: row, of: component)
            var environment = known[try row.key()] ?? EnvironmentCost(parts: [], readings: [:])
            environment.readings[account] = readings[account]
            // Rows of one component follow each other.
            if environment.parts.last?.component != component {
                environment.parts.append(
                    EnvironmentCost.Part(component: component, account: account, began: try row["began"])
                )
            }
            if let cost { environment.parts[environment.parts.count - 1].costs[cost.month] = cost }
            known[try row.key()] = environment
        }
        return known
    }
}

extension ComponentCost {
    /// Nil where nothing was concluded of the component.
    fileprivate init?(row: Row, of component: ComponentID) throws(PostgresError) {
        guard let text: String = try row["month", as: String?.self] else { return nil }
        guard let month = CostMonth(text: text) else {
            throw PostgresError(.decoding, "column \"month\": \(text) is no month")
        }
        let (currencies, texts): ([String], [String]) = (try row["currencies"], try row["amounts"])
        var amounts: [Money] = []
        for (currency, text) in zip(currencies, texts) {
            guard let amount = Money.amount(text) else {
                throw PostgresError(.decoding, "column \"amounts\": not a decimal number")
            }
            amounts.append(Money(amount, currency))
        }
        self.init(
            component: component,
            month: month,
            basis: try row.word("basis"),
            amounts: amounts,
            missing: try row["missing"],
            readAt: try row["read_at"]
        )
    }
}
