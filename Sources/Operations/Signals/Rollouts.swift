import Core
import Foundation

extension SignalsOfEnvironments {
    /// A rollout that is in progress is looked at again by every scan.
    func rollouts(_ subjects: [SignalSubject], _ round: Round) async throws(StoreFailure) -> Found {
        var records: [(key: EnvironmentKey, record: SignalRecord)] = []
        var due: [SignalSubject] = []
        for subject in subjects {
            let known = subject.records[.rollout]
            let steps = subject.rolledOut
            if steps.isEmpty, !subject.isUnread {
                let record = SignalRecord(
                    kind: .rollout,
                    inapplicable: "nothing in its stacks is rolled out in steps",
                    readAt: round.now
                )
                if !subject.says(record) { records.append((subject.key, record)) }
            } else if round.isDue(known, steps.digest) || known?.seen != nil {
                if !round.isLate {
                    due.append(subject)
                } else if known?.subjects != steps.digest {
                    let record = SignalRecord(
                        kind: .rollout,
                        missing: Round.late.summary,
                        readAt: round.now
                    )
                    records.append((subject.key, record))
                }
            }
        }
        let resources = Dictionary(grouping: due.flatMap(\.rolledOut), by: \.target)
        let targets = resources.keys.sorted()
        let readings = await fanOut(targets, width: Self.width) { target in
            round.isLate ? nil : await RolloutsOfTarget.read(resources[target] ?? [], in: target, by: provider)
        }
        let read = Dictionary(zip(targets, readings), uniquingKeysWith: { first, _ in first }).compactMapValues { $0 }
        var unread: [Target: (environments: Int, failure: ProviderFailure)] = [:]
        for subject in due {
            records.append((subject.key, conclusion(on: subject, read, round, &unread)))
        }
        let notes = unread.sorted { $0.key < $1.key }.map { target, missing in
            EvidenceNote(
                "whether \(missing.environments) environment\(missing.environments == 1 ? " is" : "s are")"
                    + " being rolled out in \(target) is unknown",
                why: missing.failure.summary,
                advice: missing.failure.advice
            )
        }
        return (records, notes)
    }

    private func conclusion(
        on subject: SignalSubject,
        _ readings: [Target: RolloutsOfTarget],
        _ round: Round,
        _ unread: inout [Target: (environments: Int, failure: ProviderFailure)]
    ) -> SignalRecord {
        var found: String?
        var missing = subject.isUnread ? "the resources of one of its stacks were not read" : nil
        for (target, resources) in Dictionary(grouping: subject.rolledOut, by: \.target).sorted(by: { $0.key < $1.key })
        {
            switch readings[target]?.rollout(of: resources) ?? .failure(Round.late) {
            case .success(let rollout): found = found ?? rollout
            case .failure(let failure):
                missing = missing ?? failure.summary
                unread[target] = (
                    environments: (unread[target]?.environments ?? 0) + 1,
                    failure: unread[target]?.failure ?? failure
                )
            }
        }
        return SignalRecord(
            kind: .rollout,
            seen: found.map { Usage.Seen(at: round.now, what: $0) },
            noneSince: found == nil && missing == nil ? round.now : nil,
            detail: "no rollout was in progress",
            missing: missing,
            subjects: subject.rolledOut.digest,
            readAt: round.now
        )
    }
}

extension SignalSubject {
    fileprivate var rolledOut: [SignalResource] {
        resources.filter { $0.type.isRolledOut || $0.type == .deploymentApplication }
    }
}
