package import Core
import Foundation
import Postgres

extension PostgresLedger: TrailStore {
    package func trailCandidates() async throws(StoreFailure) -> [TrailCandidate] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            var trails: [ComponentID: [TrailEvidence]] = [:]
            for (_, evidence) in try await session.trails(of: TrailStatements.unowned) {
                trails[evidence.component, default: []].append(evidence)
            }
            return try await session.rows(TrailStatements.candidates()) { (row) throws(PostgresError) in
                let id: ComponentID = try row.id("provider_id")
                return TrailCandidate(
                    component: id,
                    target: try row.target(),
                    environment: try row.key(),
                    activity: try row["activity_at"],
                    tags: try row.json("tags"),
                    trail: trails[id] ?? [],
                    listedAt: try row["listed_at"]
                )
            }
        }
    }

    package func trailStates() async throws(StoreFailure) -> [Target: [TrailCall: TrailState]] {
        let rows = try await read(TrailStatements.states()) { (row) throws(PostgresError) in
            (
                target: try row.target(), call: try row.word("call", as: TrailCall.self),
                state: TrailState(
                    until: try row["read_until"],
                    gapFrom: try row["gap_from"],
                    gapUntil: try row["gap_until"],
                    triedAt: try row["tried_at"]
                )
            )
        }
        var states: [Target: [TrailCall: TrailState]] = [:]
        for row in rows { states[row.target, default: [:]][row.call] = row.state }
        return states
    }

    package func trailed(
        ids: [ComponentID],
        names: [String],
        in target: Target
    ) async throws(StoreFailure) -> [TrailedComponent] {
        let statement = TrailStatements.trailed(ids: ids.map(\.text), names: names, in: target)
        let rows = try await read(statement) { (row) throws(PostgresError) in
            let id: ComponentID = try row.id("provider_id")
            let trail = try row.isNull("part") ? [] : [TrailEvidence(row: row)]
            return TrailedComponent(
                id: id,
                name: try row["component_name"],
                created: try row["created_at"],
                trail: trail
            )
        }
        // One row for each part: those of a component follow each other.
        return rows.reduce(into: []) { found, row in
            if let last = found.indices.last, found[last].id == row.id {
                found[last].trail += row.trail
            } else {
                found.append(row)
            }
        }
    }

    package func record(
        _ evidence: [TrailEvidence],
        _ state: TrailState,
        of call: TrailCall,
        in target: Target
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            if !evidence.isEmpty {
                var identities: [JSONB] = []
                for piece in evidence { identities.append(try jsonb(piece.identity)) }
                try await session.run(TrailStatements.keep(evidence, identities: identities))
            }
            try await session.run(TrailStatements.note(state, of: call, in: target))
        }
    }
}

extension Session {
    /// Of the present components of the chosen environments.
    func trails(of chosen: SQL) async throws(LedgerError) -> [(EnvironmentKey, TrailEvidence)] {
        try await rows(TrailStatements.trails(of: chosen)) { (row) throws(PostgresError) in
            (try row.key(), try TrailEvidence(row: row))
        }
    }

    /// Of those of the chosen environments that have no owner.
    func untoldTrails(of chosen: SQL) async throws(LedgerError) -> [EnvironmentKey: [UntoldTrail]] {
        let rows = try await rows(TrailStatements.untold(of: chosen)) { (row) throws(PostgresError) in
            (key: try row.key(), trail: UntoldTrail(target: try row.target(), at: try row["at"]))
        }
        return Dictionary(grouping: rows, by: \.key).mapValues { $0.map(\.trail) }
    }
}

extension TrailEvidence {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            component: try row.id("provider_id"),
            part: try row.word("part"),
            event: try row["event_id"],
            call: try row.word("call"),
            at: try row["called_at"],
            identity: try row.json("identity")
        )
    }
}
