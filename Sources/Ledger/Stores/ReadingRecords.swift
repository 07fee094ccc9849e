package import Core
import Foundation
import Postgres

extension PostgresLedger {
    package func record(
        _ reading: TargetReading,
        under claim: TargetClaim,
        calls: [String: Int]
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let locked = try await session.first(ReadingStatements.lockTarget(reading.target)) {
                (row) throws(PostgresError) in
                (id: try row["target_id", as: Int64.self], isRetired: try row["state", as: String.self] == "retired")
            }
            guard let (target, isRetired) = locked else {
                throw .store(StoreFailure(.notFound, "\(reading.target) is no target of scan \(claim.scan)"))
            }
            // Before anything is written: whoever was taken over has read what may not be so any more.
            guard try await session.run(SharingStatements.settle(claim, target: target)) == 1 else {
                throw .store(
                    StoreFailure(
                        .conflict,
                        "\(reading.target) took longer than this process was heard of: its reading is not recorded",
                        advice: "another worker reads it, or the next scan"
                    )
                )
            }
            // R8: what was closed while it was being read stays closed; nothing reads it again.
            let outcome = isRetired ? .failed(.retired(reading.target)) : reading.outcome
            switch outcome {
            case .complete(let components, let gone):
                try await record(components, gone: gone, of: reading, target: target, claim, in: session)
            case .suspect(let because):
                try await session.run(
                    ReadingStatements.suspectTarget(target, because: because, at: reading.finishedAt)
                )
                try await session.run(
                    ReadingStatements.addIncomplete(
                        claim,
                        target: target,
                        outcome: "suspect",
                        from: reading.startedAt,
                        until: reading.finishedAt,
                        failure: because,
                        advice: "look at it, then `curfew accounts accept \(reading.target) --because TEXT`"
                    )
                )
            case .failed(let failure):
                try await session.run(
                    ReadingStatements.addIncomplete(
                        claim,
                        target: target,
                        outcome: "failed",
                        from: reading.startedAt,
                        until: reading.finishedAt,
                        failure: failure.summary,
                        advice: failure.advice
                    )
                )
            }
            // Last, so that readings of the same worker wait for each other no longer than for a commit.
            try await session.run(SharingStatements.noteCalls(of: claim.worker, try jsonb(calls), read: 1))
        }
    }

    private func record(
        _ components: [RecordedComponent],
        gone: [ComponentID],
        of reading: TargetReading,
        target: Int64,
        _ claim: TargetClaim,
        in session: Session
    ) async throws(LedgerError) {
        let at = reading.finishedAt
        if !components.isEmpty {
            try await ComponentRows(of: reading, target: target).record(components, in: session)
        }
        if !gone.isEmpty {
            try await session.run(ReadingStatements.markGone(gone.map(\.text), target: target, at: at))
        }
        try await record(reading.functions, of: target, at: at, in: session)
        try await session.run(
            ReadingStatements.addComplete(
                claim,
                target: target,
                from: reading.startedAt,
                until: at,
                counts: components.reduce(into: reading.unchanged) { $0[$1.kind, default: 0] += 1 },
                gone: gone.count
            )
        )
        try await session.run(ReadingStatements.trustTarget(target))
    }
}

extension ProviderFailure {
    fileprivate static func retired(_ target: Target) -> ProviderFailure {
        ProviderFailure(
            .refused,
            "\(target) was retired while it was being read",
            advice: "if that was a mistake: curfew accounts reopen \(target) --because TEXT"
        )
    }
}
