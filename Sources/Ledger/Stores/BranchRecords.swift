package import Core
package import Foundation
import Postgres

extension PostgresLedger: BranchStore {
    package func knownRepositories() async throws(StoreFailure) -> [String: KnownRepository] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            var known: [String: KnownRepository] = [:]
            _ = try await session.rows(BranchStatements.repositories) { (row) throws(PostgresError) in
                let doubted: Date? = try row["doubted_at"]
                let kept: Int? = try row["doubt_kept"]
                let other: String? = try row["doubt_project"]
                known[try row["address"]] = KnownRepository(
                    requestsTag: try row["requests_tag"],
                    requestsUpTo: try row["requests_up_to"],
                    requestsFrom: try row["requests_from"],
                    readAt: try row["read_at"],
                    notBefore: try row["not_before"],
                    project: try row["project"],
                    doubt: doubted.map { ListDoubt(since: $0, kept: kept ?? 0, project: other) }
                )
            }
            _ = try await session.rows(BranchStatements.pages) { (row) throws(PostgresError) in
                let page = ListPage(
                    url: try row["url"],
                    etag: try row["etag"],
                    next: try row["next_url"],
                    branches: try row.json("branches")
                )
                known[try row["address"]]?.pages.append(page)
            }
            _ = try await session.rows(BranchStatements.requests) { (row) throws(PostgresError) in
                known[try row["address"]]?.requests.append(try PullRequest(row: row))
            }
            return known
        }
    }

    package func setStanding(_ standing: [StandingPair]) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let rows = try jsonb(standing.map(StandingRow.init))
            try await session.run(BranchStatements.addRepositories(rows))
            try await session.run(BranchStatements.removeStanding(but: rows))
            try await session.run(BranchStatements.addStanding(rows))
        }
    }

    package func record(
        _ reading: RepositoryReading,
        of repository: Repository,
        sightings: [EnvironmentKey: EnvironmentSightings],
        at: Date
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let found = try await session.first(BranchStatements.lock(repository.address)) {
                (row) throws(PostgresError) in
                try row["repository_id", as: Int64.self]
            }
            guard let id = found else {
                throw .store(StoreFailure(.notFound, "the repository \(repository.place) is not recorded"))
            }
            switch reading.branches {
            case .failure(let failure):
                try await session.run(BranchStatements.noteFailed(id, failure, at: at))
                if let doubt = failure.doubt { try await session.run(BranchStatements.noteDoubt(id, doubt)) }
                return
            case .success(let listing):
                let project = (try? reading.project?.get())?.id
                try await session.run(BranchStatements.forgetOther(id, but: project))
                try await session.run(BranchStatements.noteRead(id, reading, at: at))
                try await session.run(BranchStatements.removePages(id, but: listing.pages.map(\.url)))
                try await session.run(BranchStatements.addPages(id, try jsonb(listing.pages)))
            }
            switch reading.requests {
            case .failure(let failure): try await session.run(BranchStatements.noteRequestsFailed(id, failure))
            case .success(let listing):
                let distinct = Dictionary(
                    listing.requests.map { ($0.number, $0) },
                    uniquingKeysWith: { first, _ in first }
                )
                let rows = try jsonb(distinct.values.map(RequestRow.init))
                try await session.run(BranchStatements.addRequests(id, rows))
                try await session.run(BranchStatements.noteRequests(id, listing, at: at))
            case nil: break
            }
            let branches = sightings.flatMap { key, seen in seen.branches.map { BranchRow(key, $0) } }
            try await session.run(BranchStatements.setBranches(id, try jsonb(branches)))
            let requests = try jsonb(
                sightings.flatMap { key, seen in seen.requests.map { RequestOfEnvironment(key, $0) } }
            )
            try await session.run(BranchStatements.removeRequests(id, but: requests))
            try await session.run(BranchStatements.addRequestsOfEnvironments(id, requests))
        }
    }
}

extension Session {
    /// What is known of the chosen environments' branches, by environment.
    func branches(of chosen: SQL) async throws(LedgerError) -> [EnvironmentKey: EnvironmentBranches] {
        var known: [EnvironmentKey: EnvironmentBranches] = [:]
        _ = try await rows(BranchStatements.standing(of: chosen)) { (row) throws(PostgresError) in
            known[try row.key(), default: .none].repositories.append(try StandingRepository(row: row))
        }
        guard !known.isEmpty else { return [:] }
        _ = try await rows(BranchStatements.branches(of: chosen)) { (row) throws(PostgresError) in
            known[try row.key()]?.branches.append(try BranchSighting(row: row))
        }
        _ = try await rows(BranchStatements.requests(of: chosen)) { (row) throws(PostgresError) in
            let sighting = RequestSighting(repository: try row["address"], request: try PullRequest(row: row))
            known[try row.key()]?.requests.append(sighting)
        }
        return known
    }
}

extension StandingRepository {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            address: try row["address"],
            kind: try row.word("kind"),
            isRegistered: try row["registered"],
            readAt: try row["read_at"],
            failure: try row["failure"],
            advice: try row["advice", as: String?.self] ?? "",
            requestsReadAt: try row["requests_read_at"],
            requestsFailure: try row["requests_failure"],
            requestsFrom: try row["requests_from"],
            movedTo: try row["moved_to"]
        )
    }
}

extension BranchSighting {
    fileprivate init(row: Row) throws(PostgresError) {
        let missed: Date? = try row["missed_at"]
        let why: String? = try row["missed_why"]
        self.init(
            repository: try row["address"],
            branch: try row["branch"],
            match: try row.word("match"),
            commit: try row["commit_hash"],
            author: try row.optionalID("author"),
            merged: try row["merged"],
            firstSeenAt: try row["first_seen_at"],
            activeAt: try row["active_at"],
            goneAt: try row["gone_at"],
            missed: missed.map { Missed(since: $0, why: why ?? "") }
        )
    }
}

extension PullRequest {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            number: try row["number"],
            branch: try row["branch"],
            commit: try row["commit_hash"],
            isFork: try row["is_fork"],
            base: try row["base"],
            intoDefault: try row["into_default"],
            state: try row.word("state"),
            updatedAt: try row["updated_at"],
            endedAt: try row["ended_at"]
        )
    }
}

// MARK: Rows as `jsonb_to_recordset` takes them apart; moments are seconds since 1970.

private struct StandingRow: Encodable {
    let space: String
    let name: String
    let incarnation: Int
    let address: String
    let kind: String
    let registered: Bool

    init(_ pair: StandingPair) {
        space = pair.environment.space.text
        name = pair.environment.name.text
        incarnation = pair.environment.incarnation
        address = pair.address
        kind = pair.kind.rawValue
        registered = pair.isRegistered
    }
}

private struct RequestRow: Encodable {
    let number: Int
    let branch: String
    let commit: String
    let fork: Bool
    let base: String
    let state: String
    let updated: Double
    let ended: Double?

    init(_ request: PullRequest) {
        number = request.number
        branch = request.branch
        commit = request.commit
        fork = request.isFork
        base = request.base
        state = request.state.rawValue
        updated = request.updatedAt.timeIntervalSince1970
        ended = request.endedAt?.timeIntervalSince1970
    }
}

private struct BranchRow: Encodable {
    let space: String
    let name: String
    let incarnation: Int
    let branch: String
    let match: String
    let commit: String?
    let author: String?
    let merged: Bool?
    let seen: Double?
    let active: Double?
    let gone: Double?
    let missed: Double?
    let why: String?

    init(_ key: EnvironmentKey, _ sighting: BranchSighting) {
        space = key.space.text
        name = key.name.text
        incarnation = key.incarnation
        branch = sighting.branch
        match = sighting.match.rawValue
        commit = sighting.commit
        author = sighting.author?.text
        merged = sighting.merged
        seen = sighting.firstSeenAt?.timeIntervalSince1970
        active = sighting.activeAt?.timeIntervalSince1970
        gone = sighting.goneAt?.timeIntervalSince1970
        missed = sighting.missed?.since.timeIntervalSince1970
        why = sighting.missed?.why
    }
}

private struct RequestOfEnvironment: Encodable {
    let space: String
    let name: String
    let incarnation: Int
    let number: Int

    init(_ key: EnvironmentKey, _ number: Int) {
        space = key.space.text
        name = key.name.text
        incarnation = key.incarnation
        self.number = number
    }
}
