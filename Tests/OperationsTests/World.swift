import Core
import Foundation

/// A provider made of memory: it behaves as AWS is known to behave, and can be told to fail.
actor World: ProviderReading, ProviderInspecting {
    struct Stack {
        var component: ObservedComponent
        /// As it is, its resources stand in it, and all of them go.
        static let plain = "{\"Resources\":{}}"
        var template = plain
        /// What macros made of it; nil where there are none.
        var processed: String?
        var resources: [ObservedResource] = []
        var exports: [String] = []
        var imports: [String] = []
        var contents: [String: Bool] = [:]
        var events: [ObservedEvent] = []
        /// What a deletion does.
        var onDelete = Deletion.goes(after: 1)
    }

    enum Deletion {
        /// Gone after this many readings by id.
        case goes(after: Int)
        case fails(String)
        /// Fails as long as one of the stack's buckets or repositories is not empty, or one of these resources (by logical
        /// id) is not retained; then it goes.
        case failsUntilEmpty(stuck: Set<String> = [])
        /// The status returns to what it was.
        case isCancelled(String)
        case isRefused(ProviderFailure)
        /// The request is taken, and its answer is lost.
        case losesTheAnswer
        /// The request never arrives.
        case neverArrives
    }

    var stacks: [ComponentID: Stack] = [:]
    var identities: [AccountID: AccountID] = [:]
    var accountAliases: [AccountID: [String]] = [:]
    var skew: Duration? = .zero
    /// Failures by what is read, such as `components 111111111111/eu-west-1`, or by the method alone.
    var failures: [String: ProviderFailure] = [:]
    var deletions: [(id: ComponentID, token: StepToken)] = []
    /// What each deletion was asked to leave behind, in order.
    var retentions: [[String]] = []
    private(set) var log: [String] = []
    private var serial = 0
    /// Called before each deletion is looked at.
    var beforeDeletion: (@Sendable () async -> Void)?

    /// The clock that neither stops nor turns back, while a process is frozen too.
    nonisolated let instants = TestInstants()
    nonisolated var instant: @Sendable () -> ContinuousClock.Instant { { [instants] in instants.now } }
    /// Every power that was given out.
    var scopes: [[ComponentID]] = []

    static let down = ProviderFailure(.unreachable, "the provider does not answer", advice: "try again")
    static let denied = ProviderFailure(.denied, "access denied", advice: "give the role the right")

    @discardableResult
    func add(
        _ name: String,
        in target: Target,
        created: Date,
        updated: Date? = nil,
        tags: [String: String] = [:],
        status: String = "CREATE_COMPLETE",
        change: (inout Stack) -> Void = { _ in }
    ) -> ComponentID {
        serial += 1
        let number = String(serial)
        let uuid = "00000000-0000-0000-0000-\(String(repeating: "0", count: 12 - number.count))\(number)"
        let id = ComponentID("arn:aws:cloudformation:\(target.region):\(target.account):stack/\(name)/\(uuid)")
        var stack = Stack(
            component: ObservedComponent(
                id: id,
                target: target,
                name: name,
                status: ComponentStatus(status),
                created: created,
                updated: updated,
                terminationProtection: false,
                tags: tags
            )
        )
        change(&stack)
        stacks[id] = stack
        return id
    }

    func change(_ id: ComponentID, _ change: (inout Stack) -> Void) {
        guard var stack = stacks[id] else { return }
        change(&stack)
        stacks[id] = stack
    }

    func remove(_ id: ComponentID) { stacks[id] = nil }
    func fail(_ what: String, _ failure: ProviderFailure?) { failures[what] = failure }
    func setIdentity(_ account: AccountID, _ other: AccountID?) { identities[account] = other }
    func setAliases(_ account: AccountID, _ aliases: [String]) { accountAliases[account] = aliases }
    func setSkew(_ skew: Duration?) { self.skew = skew }
    func setBeforeDeletion(_ body: (@Sendable () async -> Void)?) { beforeDeletion = body }
    func clearLog() { log = [] }
    func has(_ id: ComponentID) -> Bool { stacks[id] != nil }
    var present: Set<ComponentID> { Set(stacks.keys) }
    var deletedIDs: [ComponentID] { deletions.map(\.id) }
    var tokens: Set<String> { Set(deletions.map(\.token.text)) }

    func note(_ call: String, _ target: Target) throws(ProviderFailure) {
        log.append("\(call) \(target)")
        if let failure = failures["\(call) \(target)"] ?? failures[call] { throw failure }
    }

    func identity(for target: Target) async throws(ProviderFailure) -> AccountID {
        try note("identity", target)
        return identities[target.account] ?? target.account
    }

    func aliases(of target: Target) async throws(ProviderFailure) -> [String] {
        try note("aliases", target)
        return accountAliases[target.account] ?? []
    }

    func components(in target: Target) async throws(ProviderFailure) -> [ObservedComponent] {
        try note("components", target)
        return stacks.values.map(\.component).filter { $0.target == target && !hidden.contains($0.id) }
            .map { component in
                // An unnamed listing never says.
                var component = component
                component.terminationProtection = nil
                return component
            }
            .sorted { $0.id < $1.id }
    }

    /// Components that the listing leaves out although they are there.
    var hidden: Set<ComponentID> = []
    func hide(_ ids: Set<ComponentID>) { hidden = ids }

    /// What Lambda lists, in stacks or not.
    var listedFunctions: [Target: [ObservedFunction]] = [:]
    func setFunctions(_ listed: [ObservedFunction], in target: Target) { listedFunctions[target] = listed }

    func functions(in target: Target) async throws(ProviderFailure) -> [ObservedFunction] {
        try note("functions", target)
        return listedFunctions[target] ?? []
    }

    func component(_ id: ComponentID, in target: Target) async throws(ProviderFailure) -> ObservedComponent? {
        try note("component", target)
        if let failure = failures["component \(id)"] { throw failure }
        guard let stack = stacks[id] else { return nil }
        if stack.component.status.text == "CREATE_IN_PROGRESS" { grow(id) }
        if stack.component.status.isDeleting, case .goes(let left) = stack.onDelete {
            if left <= 0 {
                stacks[id] = nil
                return nil
            }
            stacks[id]?.onDelete = .goes(after: left - 1)
        }
        return stacks[id]?.component
    }

    func resources(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> [ObservedResource] {
        try note("resources", target)
        return stacks[id]?.resources ?? []
    }

    func template(of id: ComponentID, in target: Target, original: Bool) async throws(ProviderFailure) -> String {
        try note("template", target)
        guard let stack = stacks[id] else {
            throw ProviderFailure(.refused, "there is no such stack", advice: "scan again")
        }
        let text = original ? stack.template : stack.processed ?? stack.template
        guard text == Stack.plain, !stack.resources.isEmpty else { return text }
        let resources = stack.resources.sorted { $0.logicalID < $1.logicalID }
            .map { "\"\($0.logicalID)\":{\"Type\":\"\($0.type)\"}" }
        return "{\"Resources\":{\(resources.joined(separator: ","))}}"
    }

    func events(of id: ComponentID, in target: Target, atMost: Int) async throws(ProviderFailure) -> [ObservedEvent] {
        try note("events", target)
        return Array((stacks[id]?.events ?? []).prefix(atMost))
    }

    func exports(in target: Target) async throws(ProviderFailure) -> [ObservedExport] {
        try note("exports", target)
        return stacks.values.filter { $0.component.target == target }.flatMap { stack in
            stack.exports.map { ObservedExport(name: $0, exporter: stack.component.id, target: target) }
        }
    }

    func importers(of export: String, in target: Target) async throws(ProviderFailure) -> [String] {
        try note("importers", target)
        return stacks.values.filter { $0.component.target == target && $0.imports.contains(export) }
            .map(\.component.name).sorted()
    }

    func isEmpty(_ resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> Bool? {
        guard resource.type == "AWS::S3::Bucket" || resource.type == "AWS::ECR::Repository" else { return nil }
        try note("isEmpty", target)
        return stacks.values.compactMap { $0.contents[resource.physicalID ?? ""] }.first ?? true
    }

    func clockSkew() async -> Duration? { skew }
    func calls() async -> [String: Int] {
        Dictionary(grouping: log, by: { String($0.split(separator: " ")[0]) }).mapValues(\.count)
    }

    /// What forecasts read, by physical name, role or function.
    var resourceContents: [String: ResourceContent] = [:]
    var missingRoles: Set<String> = []
    var functions: [String: FunctionReading] = [:]
    var groups: [LogGroupReading] = []
    var alarms: [String: String] = [:]
    var taggedResources: [ComponentID: [String]] = [:]
    var stackPolicies: [ComponentID: String] = [:]
    /// Everything done beside deleting stacks, in order, such as `empty bucket orders`.
    var acts: [String] = []
    var beforeEmptying: (@Sendable () async -> Void)?
    /// Called after each of them.
    var afterAct: (@Sendable () async -> Void)?

    /// What making a stack of a name comes to; nothing said: it works.
    var onMake: [String: Making] = [:]
    /// Everything asked for, by name and token, in order.
    var makings: [(name: String, token: StepToken)] = []
    var madeByToken: [StepToken: ComponentID] = [:]
    var growing: [ComponentID: Int] = [:]
    /// Outputs of stacks that are made, by name.
    var outputsOf: [String: [ComponentOutput]] = [:]
    var stackLimit: Int? = 2_000

    /// Any change of what is above.
    func arrange(_ change: @Sendable (isolated World) -> Void) { change(self) }
}
