import Core
import Foundation

/// Records as the store would give them, all at one moment: Thursday 2026-12-03 09:00 in Berlin.
enum Samples {
    static let now = date("2026-12-03T08:00:00Z")
    static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt
    static let account = AccountID("111122223333")
    static let frankfurt = Target(account: account, region: Region("eu-central-1"))
    static let dublin = Target(account: AccountID("444455556666"), region: Region("eu-west-1"))
    static let names = [account: "sandbox"]

    static func date(_ text: String) -> Date { (try? Date(text, strategy: .iso8601)) ?? .distantPast }
    static func ago(_ days: Double) -> Date { now.addingTimeInterval(-days * 86_400) }

    static func key(_ name: String, incarnation: Int = 1) -> EnvironmentKey {
        EnvironmentKey(space: SpaceName(account.text), name: EnvironmentName(name), incarnation: incarnation)
    }

    static func id(_ name: String) -> ComponentID {
        ComponentID("arn:aws:cloudformation:eu-central-1:111122223333:stack/\(name)/0a1b2c3d")
    }

    static func environment(
        _ name: String,
        age: Double = 20,
        idle: Double? = 8,
        owner: String? = "anna@example.com",
        verdict: Verdict? = .stale,
        reason: String = "idle: 7d: changed 2026-11-25 08:00 UTC, 8d ago (stack updated)",
        state: FindingState? = .due,
        kind: EnvironmentClass = .feature,
        targets: [Target] = [frankfurt]
    ) -> EnvironmentRecord {
        EnvironmentRecord(
            key: key(name),
            kind: kind,
            beganAt: ago(age),
            endedAt: nil,
            oldest: ago(age),
            youngest: ago(age),
            changed: idle.map(ago),
            newestActivity: ago(idle ?? age),
            owner: owner,
            ownerSource: owner == nil ? "none" : "tag",
            ownerDetail: owner.map { "tag owner = “\($0)” on shop-\(name)" } ?? "",
            ownerConflict: false,
            claim: nil,
            claimedAt: nil,
            targets: targets.map {
                TargetCoverage(target: $0, suspect: false, scan: ScanID(7), at: ago(0.25), failure: nil)
            },
            protection: nil,
            lease: nil,
            leaseCount: 0,
            releasedAt: nil,
            releasedBy: nil,
            partlyReaped: nil,
            tags: [],
            componentCount: 2,
            verdict: verdict.map {
                VerdictRecord(
                    verdict: $0.rawValue,
                    verdictClass: $0 == .stale ? .stale : nil,
                    reason: reason,
                    policy: "feature-environments",
                    revision: 4,
                    trace: [],
                    changesAt: nil,
                    since: ago(1)
                )
            },
            finding: nil,
            findingState: state?.rawValue,
            dueAt: state == .due ? ago(0.5) : nil,
            flaggedAt: state == nil ? nil : ago(1)
        )
    }

    /// Used, used and not all of it known, unused, nothing to use; rolled out, and not.
    static let signals = [
        SignalRecord(
            kind: .invoked,
            seen: .init(at: ago(3), what: "function api"),
            noneSince: ago(90),
            readAt: ago(0.1)
        ),
        SignalRecord(
            kind: .invoked,
            seen: .init(at: ago(3), what: "function api"),
            missing: "cloudwatch GetMetricData: AccessDenied",
            readAt: ago(0.1)
        ), SignalRecord(kind: .invoked, noneSince: ago(20), detail: "2 functions, 1 API", readAt: ago(0.1)),
        SignalRecord(kind: .invoked, inapplicable: "no Lambda function and no API in its stacks", readAt: ago(9)),
        SignalRecord(kind: .rollout, seen: .init(at: ago(0.1), what: "alias live is divided"), readAt: ago(0.1)),
        SignalRecord(kind: .rollout, noneSince: ago(0.1), readAt: ago(0.1)),
    ]

    static let registration = Registration(
        space: SpaceName(account.text),
        name: EnvironmentName("feat-checkout"),
        owner: OwnerName("team-shop"),
        branch: "feature/checkout",
        repository: "https://github.com/shop/api",
        commit: "0123456789abcdef0123456789abcdef01234567",
        expiresAt: ago(-13),
        by: "ci_shop",
        at: ago(1)
    )

    /// As the evaluation keeps it, with the sentence that holds it back.
    ///
    /// `warned`: when its owner was.
    static func finding(_ name: String, heldBack: String, warned: Date? = nil) -> [UInt8] {
        var finding = Finding(
            flagging: key(name),
            policy: "feature-environments",
            verdictClass: .stale,
            reason: "idle: 7d",
            now: ago(1)
        )
        if let warned { _ = try? finding.apply(.warningDelivered(at: warned), now: warned) }
        guard let data = try? JSONEncoder().encode(finding),
            var members = try? JSONDecoder().decode([String: AnyJSON].self, from: data)
        else { return [] }
        members["heldBack"] = .text(heldBack)
        return (try? JSONEncoder().encode(members)).map(Array.init) ?? []
    }

    static func component(
        _ name: String,
        tags: [String: String] = [:],
        kind: ComponentClass = .feature,
        role: String? = nil
    ) -> ComponentRecord {
        ComponentRecord(
            id: id(name),
            target: frankfurt,
            name: name,
            status: ComponentStatus("UPDATE_COMPLETE"),
            kind: kind,
            named: kind == .feature ? [EnvironmentName("feat-checkout")] : [],
            naming: "stack name “\(name)”: {service}-{feature} reads “feat-checkout”",
            created: ago(20),
            updated: ago(8),
            changed: ago(8),
            firstSeen: ago(19),
            gone: nil,
            goneBecause: nil,
            tags: tags,
            serviceRole: role,
            tool: "Serverless",
            environment: key("feat-checkout"),
            resourceCount: 14
        )
    }

    static func step(
        _ number: Int,
        _ name: String,
        after: [Int] = [],
        role: String? = nil,
        of environment: String = "feat-checkout"
    ) -> PlanStep {
        PlanStep(
            number: number,
            environment: key(environment),
            component: id(name),
            target: frankfurt,
            name: name,
            after: after,
            serviceRole: role
        )
    }

    static let terms = ApprovalTerms(
        automatic: false,
        required: 1,
        by: ["owner", "group:platform"],
        expiresSeconds: 3 * 86_400,
        requesterCounts: false
    )

    static func plan(
        _ number: Int64 = 12,
        state: PlanState = .awaitingApproval,
        environment: String = "feat-checkout",
        verdictClass: VerdictClass = .stale,
        blockers: [Blocker] = [],
        approvals: [ApprovalRecord] = [],
        terms: ApprovalTerms = terms,
        steps states: [StepState] = [.pending, .pending],
        ended: Date? = nil
    ) -> PlanRecord {
        let steps = [
            step(1, "shop-\(environment)", role: "arn:aws:iam::111122223333:role/cloudformation", of: environment),
            step(2, "db-\(environment)", after: [1], of: environment),
        ]
        let document = PlanDocument(
            environments: [
                PlannedEnvironment(
                    key: key(environment),
                    verdictClass: verdictClass,
                    components: steps.map(\.component)
                )
            ],
            steps: steps,
            losses: [Loss(component: steps[0].component, type: "AWS::S3::Bucket", name: "shop-\(environment)-uploads")],
            policyRevision: Digest(bytes: Array(repeating: 9, count: 32)),
            fingerprint: Fingerprint()
        )
        return PlanRecord(
            id: PlanID(number),
            run: RunID(3),
            state: state,
            digest: Digest(bytes: Array(repeating: 0xAB, count: 32)),
            document: document,
            blockers: blockers,
            terms: terms,
            revision: 4,
            madeAt: ago(0.1),
            madeBy: "bert",
            approvedAt: nil,
            expiresAt: nil,
            endedAt: ended,
            endedBecause: nil,
            approvals: approvals,
            steps: zip(steps, states).map {
                StepRecord(
                    step: $0,
                    token: StepToken("curfew-P\(number)-\($0.number)"),
                    state: $1,
                    reason: $1 == .failed ? "DELETE_FAILED: the bucket is not empty" : nil,
                    intendedAt: nil,
                    requestedAt: $1 == .requested ? ago(0.01) : nil,
                    firstGoneAt: nil,
                    endedAt: nil
                )
            }
        )
    }

    static let unknown = EvidenceNote(
        "invocations of 3 environments in 111122223333 eu-west-1",
        why: "access denied",
        advice: "give the role cloudwatch:GetMetricData"
    )

    static func scan(failing: Bool = false) -> ScanSummary {
        ScanSummary(
            id: ScanID(7),
            state: failing ? "partial" : "complete",
            whole: true,
            startedAt: ago(0.25),
            finishedAt: ago(0.25).addingTimeInterval(95),
            readings: [
                ReadingSummary(
                    target: frankfurt,
                    outcome: "complete",
                    at: ago(0.25),
                    counts: [.feature: 12, .permanent: 5, .unmatched: 2, .nested: 4],
                    gone: 1,
                    failure: nil,
                    advice: nil
                )
            ]
                + (failing
                    ? [
                        ReadingSummary(
                            target: dublin,
                            outcome: "failed",
                            at: ago(0.25),
                            counts: [:],
                            gone: 0,
                            failure: "DescribeStacks was denied in 444455556666/eu-west-1 (AccessDenied)",
                            advice: "give the role curfew-scan cloudformation:DescribeStacks"
                        )
                    ] : []),
            calls: ["cloudformation DescribeStacks": 3, "sts GetCallerIdentity": 2]
        )
    }

    static func entry(
        _ id: Int64,
        _ event: String,
        details: String = "{}",
        on name: String? = "feat-checkout"
    ) -> AuditEntry {
        AuditEntry(
            id: id,
            at: ago(Double(10 - id)),
            actor: "anna",
            event: event,
            environment: name.map { key($0) },
            plan: event.contains("plan") ? PlanID(12) : nil,
            details: Array(details.utf8)
        )
    }

    /// A policy set of one policy without warnings.
    static let policies = PolicySet(policies: [
        Policy(
            name: "feature-environments",
            scope: Scope(),
            staleWhen: .idle(for: .seconds(7 * 86_400), of: nil),
            warning: .none
        )
    ])

    /// A judgement by the real rules.
    static func judgement(idle: Double = 8) -> Judgement {
        let facts = EnvironmentFacts(
            key: key("feat-checkout"),
            accounts: [account],
            oldestCreated: .known(ago(20)),
            youngestCreated: .known(ago(20)),
            firstSeen: ago(20),
            newestFirstSeen: ago(20),
            signals: [Signal(.changed, .known(ago(idle)), source: "stack shop-feat-checkout updated")]
        )
        return judge(facts, policies, now: now)
    }
}

/// Any JSON, to look into documents and to change them.
enum AnyJSON: Codable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([AnyJSON])
    case object([String: AnyJSON])

    init(_ text: String) throws { self = try JSONDecoder().decode(AnyJSON.self, from: Data(text.utf8)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([AnyJSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    subscript(_ key: String) -> AnyJSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    subscript(_ index: Int) -> AnyJSON? {
        if case .list(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    var keys: [String] {
        if case .object(let members) = self { members.keys.sorted() } else { [] }
    }
}
