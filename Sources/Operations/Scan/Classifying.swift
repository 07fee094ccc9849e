import Core
import Foundation

/// Makes of an observed component what the scan records.
struct Classifying {
    private let evaluator: NameEvaluator
    /// Components that stand as a resource inside another one.
    private let nestedByResource: Set<ComponentID>

    init(rules: NameRules, nestedByResource: Set<ComponentID>) {
        evaluator = NameEvaluator(rules)
        self.nestedByResource = nestedByResource
    }

    /// `mark`: of the listing's words, where it was read from a listing.
    func record(_ observed: ObservedComponent, known: KnownComponent?, mark: UUID? = nil) -> RecordedComponent {
        let (kind, named, naming) = classify(observed, known: known)
        let changed = Self.changed(observed, known: known)
        return RecordedComponent(
            observed: observed,
            kind: kind,
            named: named,
            naming: naming,
            changed: changed,
            tool: Self.tool(of: observed).recorded,
            content: Self.content(observed, kind: kind, named: named, naming: naming),
            mark: mark
        )
    }

    /// What grouping needs of it, as if it was seen for the first time; in no environment yet.
    func groupingInput(_ observed: ObservedComponent, in target: Target) -> GroupingInput {
        let (kind, named, _) = classify(observed, known: nil)
        return GroupingInput(
            id: observed.id,
            account: target.account,
            kind: kind,
            named: named,
            environment: nil
        )
    }

    private func classify(
        _ observed: ObservedComponent,
        known: KnownComponent?
    ) -> (ComponentClass, [EnvironmentName], String) {
        if observed.isNested || nestedByResource.contains(observed.id) {
            return (.nested, [], "part of \(observed.root?.text ?? observed.parent?.text ?? "another component")")
        }
        // Found inside its parent when that was read in full; the parent is not read again until it changes.
        if known?.kind == .nested { return (.nested, [], "part of another component") }
        let evaluation = evaluator.evaluate(stackName: observed.name, tags: observed.tags)
        let trace = evaluation.trace.map(\.sentence).joined(separator: "; ")
        switch evaluation.verdict {
        case .feature(let name): return (.feature, [name], trace)
        case .permanent(let word, _):
            return (
                .permanent, [EnvironmentName(word)] + evaluation.named.subtracting([EnvironmentName(word)]).sorted(),
                trace
            )
        case .ambiguous(let names): return (.ambiguous, Set(names).union(evaluation.named).sorted(), trace)
        case .unmatched(let reason):
            return (.unmatched, [], [reason, evaluation.remedy ?? ""].filter { !$0.isEmpty }.joined(separator: ". "))
        case .excluded(let rule): return (.excluded, [], "excluded by \(rule)")
        }
    }

    /// The latest change known to have succeeded.
    ///
    /// A failed one leaves the known time alone; where nothing is known yet, its time is taken all the same: too
    /// young is safe, too old is not.
    static func changed(_ observed: ObservedComponent, known: KnownComponent?) -> Date? {
        let latest = observed.updated ?? observed.created
        guard observed.status.latestChangeFailed || observed.status.isBusy, let before = known?.changed else {
            return latest
        }
        return before
    }

    /// Which tool left this stack, by the marks that tool is known to leave.
    static func tool(of observed: ObservedComponent) -> DeploymentTool {
        let summary = observed.summary ?? ""
        if summary == "The AWS CloudFormation template for this Serverless application" { return .serverless }
        if let tool = DeploymentTool(tags: observed.tags) { return tool }
        // Architect's own template is one of SAM's, too.
        if summary.hasPrefix("Exported by architect/package") { return .architect }
        if observed.parameters["BootstrapVersion"] != nil { return .cdk }
        return summary.lowercased().contains("sam template") ? .sam : .plain
    }

    private static func content(
        _ observed: ObservedComponent,
        kind: ComponentClass,
        named: [EnvironmentName],
        naming: String
    ) -> Digest {
        var encoder = CanonicalEncoder()
        encoder.append(observed.name)
        encoder.append(observed.status.text)
        encoder.append(observed.created)
        encoder.append(observed.updated)
        encoder.append(observed.parent?.text)
        encoder.append(observed.serviceRole)
        encoder.append(observed.tags)
        encoder.append(observed.parameters)
        encoder.append(observed.summary)
        encoder.append(kind.rawValue)
        encoder.append(list: named) { $0.append($1.text) }
        encoder.append(naming)
        return encoder.digest
    }
}
