package import Core
package import Foundation

/// Reads the repositories that environments come from, and says which branches and pull requests are theirs.
///
/// One list for each repository, however many environments there are.
package struct BranchEvidence: EvidenceReading {
    let host: any GitHosting
    let store: any BranchStore & EnvironmentStore
    let repositories: [Repository]
    let names: NameRules

    package init(
        host: any GitHosting,
        store: any BranchStore & EnvironmentStore,
        repositories: [Repository],
        names: NameRules
    ) {
        self.host = host
        self.store = store
        self.repositories = repositories
        self.names = names
    }

    package func read(
        full: Bool,
        until: Date?,
        clock: @Sendable () -> Date
    ) async throws(StoreFailure) -> [EvidenceNote] {
        let environments = repositories.isEmpty ? [] : try await store.environments().filter { $0.kind == .feature }
        let pairs = environments.flatMap(standing)
        try await store.setStanding(pairs)
        guard !pairs.isEmpty else { return [] }
        let known = try await store.knownRepositories()
        let evaluator = NameEvaluator(names)
        let records = Dictionary(environments.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var notes: [EvidenceNote] = []
        for repository in repositories {
            let pairs = pairs.filter { $0.address == repository.address }
            guard !pairs.isEmpty else { continue }
            let entries = pairs.compactMap { pair in
                records[pair.environment].map { (pair.environment, entry($0, pair)) }
            }
            notes += try await read(
                repository,
                known[repository.address] ?? .none,
                Dictionary(entries, uniquingKeysWith: { first, _ in first }),
                evaluator,
                until,
                clock
            )
        }
        return notes
    }

    /// The one that a pipeline registered; without that, whatever the settings say.
    private func standing(_ record: EnvironmentRecord) -> [StandingPair] {
        func pair(_ repository: Repository, _ isRegistered: Bool) -> StandingPair {
            StandingPair(
                environment: record.key,
                address: repository.address,
                kind: repository.kind,
                isRegistered: isRegistered
            )
        }
        if let registered = record.registration?.repository.flatMap(RepositoryPlace.init) {
            return repositories.filter { $0.place == registered }.map { pair($0, true) }
        }
        return repositories.filter { $0.stands(for: record.key) }.map { pair($0, false) }
    }

    private func entry(_ record: EnvironmentRecord, _ pair: StandingPair) -> BranchBook.Entry {
        let branch = record.registration?.branch
        return BranchBook.Entry(
            name: record.key.name,
            known: record.branches.branches.filter { $0.repository == pair.address },
            registered: pair.isRegistered ? branch : nil,
            hinted: BranchBook.Entry.hints(in: record.tags.map(\.tags), and: branch),
            began: record.oldest
        )
    }

    private func read(
        _ repository: Repository,
        _ known: KnownRepository,
        _ entries: [EnvironmentKey: BranchBook.Entry],
        _ evaluator: NameEvaluator,
        _ until: Date?,
        _ clock: @Sendable () -> Date
    ) async throws(StoreFailure) -> [EvidenceNote] {
        let now = clock()
        var reading: RepositoryReading
        if let until, now >= until {
            let failure = HostFailure("\(repository.place): the scan's time was over", advice: "the next scan reads it")
            reading = RepositoryReading(branches: .failure(failure))
        } else if let notBefore = known.notBefore, notBefore > now {
            let failure = HostFailure(
                "\(repository.place): its host takes no more requests until \(notBefore.minuteText)",
                advice: "a scan after that reads it",
                until: notBefore
            )
            reading = RepositoryReading(branches: .failure(failure))
        } else {
            reading = await host.read(
                repository,
                known: known,
                numbers: Set(entries.values.compactMap(\.name.requestNumber)),
                isOver: { until.map { clock() >= $0 } ?? false },
                now: now
            )
            if let failure = known.suspicion(of: reading, of: repository, at: now) {
                reading.branches = .failure(failure)
            }
        }
        guard case .success(let listing) = reading.branches else {
            try await store.record(reading, of: repository, sightings: [:], at: now)
            return notes(reading, repository, entries.count)
        }
        var requests = Dictionary(known.requests.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        // Requests of another repository are none of this one's, and of this one only those since then were asked for: the
        // next scan reads all of them.
        if known.isOther(reading) { (requests, reading.requests) = ([:], nil) }
        if case .success(let found) = reading.requests {
            // Newest first: what stands twice moved while it was read.
            for request in found.requests.reversed() { requests[request.number] = request }
        }
        var book = BranchBook(
            repository,
            listing: listing.branches,
            requests: Array(requests.values),
            names: evaluator,
            before: known.readAt,
            now: now
        )
        book.isOther = known.isOther(reading)
        let doubts = entries.values.reduce(into: Set<String>()) { $0.formUnion(book.doubts($1)) }
        if !doubts.isEmpty {
            let missing = await host.missing(
                doubts.sorted(),
                of: repository,
                isOver: { until.map { clock() >= $0 } ?? false },
                now: now
            )
            (book.absent, book.unanswered) = (missing.absent, missing.unanswered)
        }
        let news = entries.values.reduce(into: Set<String>()) { $0.formUnion(book.news($1)) }
        if !news.isEmpty {
            book.commits = await host.commits(
                news.sorted(),
                of: repository,
                isOver: { until.map { clock() >= $0 } ?? false },
                now: now
            )
        }
        let sightings = entries.mapValues { book.sightings($0) }
        try await store.record(reading, of: repository, sightings: sightings, at: now)
        return notes(reading, repository, entries.count)
    }

    private func notes(_ reading: RepositoryReading, _ repository: Repository, _ count: Int) -> [EvidenceNote] {
        let of = "\(count) \(count == 1 ? "environment" : "environments")"
        if case .failure(let failure) = reading.branches {
            let summary = "branches of \(repository.place), which stands for \(of), are unknown"
            return [EvidenceNote(summary, why: failure.summary, advice: failure.advice)]
        }
        var notes: [EvidenceNote] = []
        if case .failure(let failure) = reading.requests {
            let summary = "pull requests of \(repository.place), which stands for \(of), are unknown"
            notes.append(EvidenceNote(summary, why: failure.summary, advice: failure.advice))
        }
        if let name = reading.movedTo {
            notes.append(
                EvidenceNote(
                    "\(repository.place) has another name by now",
                    why: "its host sends us on\(name.isEmpty ? "" : " to \(name)"); its branches were read there",
                    advice: "correct its address under `repositories:` in the settings file"
                )
            )
        }
        return notes
    }
}
