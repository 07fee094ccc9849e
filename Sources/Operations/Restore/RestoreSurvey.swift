import Core

/// The stacks of one life of an environment with what they would be made from.
struct RestoreSurvey: Sendable {
    struct Stack: Sendable {
        var draft: RestoreStack
        let content: TombstoneContent
        let needs: TemplateNeeds?
        /// What people gave for this restore; it is kept nowhere.
        var given: [String: String] = [:]

        /// Names of exports that it imports, as far as they can be told.
        var imports: Set<String> {
            let known = content.parameters.compactMap { parameter in parameter.value.map { (parameter.name, $0) } }
            let values = Dictionary(known, uniquingKeysWith: { $1 }).merging(given) { $1 }
            let own = TemplateNeeds.pseudoParameters(stack: content.name, in: content.target)
            return needs?.imports(values: values.merging(own) { $1 }) ?? []
        }

        /// Nothing that is not known gets a value: a mask is never deployed.
        var toMake: StackToMake {
            var parameters: [String: String] = [:]
            for parameter in content.parameters {
                parameters[parameter.name] = given[parameter.name] ?? parameter.value
            }
            return StackToMake(
                name: content.name,
                template: content.template,
                parameters: parameters,
                tags: content.tags.filter { !Self.isReserved($0.key) },
                capabilities: draft.capabilities,
                notificationTopics: content.notificationTopics,
                serviceRole: content.serviceRole,
                stackPolicy: content.stackPolicy,
                terminationProtection: draft.terminationProtection
            )
        }

        /// AWS keeps this beginning for itself and refuses it from others.
        static func isReserved(_ tag: String) -> Bool { tag.lowercased().hasPrefix("aws:") }

        /// A text of the provider without anything that may be a secret: it likes to repeat what it was given.
        func withholding(_ text: String) -> String {
            (Array(given.values) + content.values).filter { $0.count >= 4 }.sorted { $0.count > $1.count }
                .reduce(text) { $0.replacing($1, with: "(withheld)") }
        }
    }

    let key: EnvironmentKey
    var stacks: [Stack] = []
    var losses: [RestoreLoss] = []
    var cautions: [String] = []

    init(key: EnvironmentKey) { self.key = key }

    var draft: RestoreDraft {
        RestoreDraft(
            key: key,
            plans: Set(stacks.map(\.draft.plan)).sorted(by: >),
            stacks: stacks.map(\.draft),
            losses: losses,
            cautions: cautions
        )
    }

    /// Newest first: of stacks of one name that came one after the other in this life, only the last is made again.
    mutating func add(
        _ record: TombstoneRecord,
        _ content: TombstoneContent,
        readNeeds: @Sendable (String) -> TemplateNeeds?
    ) {
        if let newer = stacks.first(where: { $0.content.name == content.name && $0.content.target == content.target }) {
            cautions.append(
                "\(content.name) as \(record.plan) took it down is not made again: \(newer.draft.plan) took down a newer one"
            )
            return
        }
        let needs = readNeeds(content.template)
        if needs == nil { cautions.append("the template of \(content.name) could not be understood") }
        // A template with macros is only taken directly by who says so (AWS, CreateStack, Capabilities).
        let expands = needs?.isTransformed == true ? Set(["CAPABILITY_AUTO_EXPAND"]) : []
        let parameters = content.parameters.map { parameter in
            (parameter.name, parameter.value == nil ? RestoreStack.Parameter.notKnown : .known)
        }
        stacks.append(
            Stack(
                draft: RestoreStack(
                    component: content.id,
                    name: content.name,
                    target: content.target,
                    plan: record.plan,
                    storedAt: record.storedAt,
                    parameters: Dictionary(parameters, uniquingKeysWith: { $1 }),
                    capabilities: expands.union(content.capabilities).sorted(),
                    serviceRole: content.serviceRole,
                    hasStackPolicy: content.stackPolicy != nil,
                    terminationProtection: content.terminationProtection,
                    resourceCount: content.resources.count
                ),
                content: content,
                needs: needs
            )
        )
        let reserved = content.tags.keys.filter(Stack.isReserved).sorted()
        if !reserved.isEmpty {
            cautions.append("tags that AWS sets itself are left to it: \(reserved.joined(separator: ", "))")
        }
        if content.resources.contains(where: { $0.type == "AWS::CloudFormation::Stack" }) {
            cautions.append("\(content.name) has nested stacks: their templates must still be where it says")
        }
        if content.resources.contains(where: { $0.type == "AWS::Lambda::Function" }) {
            cautions.append("\(content.name) has functions: their code must still be where it says")
        }
    }

    /// Stacks that somebody takes care of in another way.
    mutating func leave(_ names: Set<String>) throws(Problem) {
        for name in names.sorted() {
            guard stacks.contains(where: { $0.draft.name == name }) else {
                throw Problem(
                    .usage,
                    "\(key.name) had no stack called \(name)",
                    advice: "see them: curfew restore \(key.name)"
                )
            }
            stacks.removeAll { $0.draft.name == name }
            cautions.append("\(name) is left as it is, as asked")
        }
    }

    /// A value for something that is not there is a mistake; a secret on the command line is everybody's (P17).
    mutating func give(_ values: [GivenParameter]) throws(Problem) {
        for value in values {
            guard let index = stacks.firstIndex(where: { $0.draft.name == value.stack }),
                stacks[index].draft.parameters[value.name] != nil
            else {
                throw Problem(
                    .usage,
                    "no stack of \(key.name) has a parameter \(value)",
                    advice: "see them: curfew restore \(key.name)"
                )
            }
            let isSecret =
                stacks[index].draft.parameters[value.name] == .notKnown
                || stacks[index].needs?.secrets.contains(value.name) == true
            guard !isSecret || !value.isPublic else {
                throw Problem(
                    .usage,
                    "\(value) is a secret, and everybody on this machine can read a command line",
                    advice: "give it in a file or from a pipe: --parameters-from FILE (- is standard input)"
                )
            }
            stacks[index].given[value.name] = value.value
            stacks[index].draft.parameters[value.name] = .given
        }
    }

    /// What an earlier plan switched off is no part of how these stood.
    mutating func protect(_ components: Set<ComponentID>) {
        for index in stacks.indices where components.contains(stacks[index].draft.component) {
            stacks[index].draft.terminationProtection = true
        }
    }

    /// Exporters first.
    mutating func arrange(_ recorded: [RecordedImport]) throws(Problem) {
        let nodes = stacks.map {
            RestoreOrder.Stack(
                id: $0.draft.component,
                target: $0.draft.target,
                exports: $0.content.exports,
                imports: $0.imports
            )
        }
        var known: [ComponentID: Set<ComponentID>] = [:]
        for stack in stacks {
            let names = Set(stack.content.exports.map { "\(stack.draft.target) \($0)" })
            for record in recorded where names.contains(record.export) {
                // Imports never cross an account or a region.
                let importer = stacks.first {
                    $0.draft.target == stack.draft.target
                        && ($0.draft.component.text == record.importer || $0.draft.name == record.importer)
                }
                if let importer { known[stack.draft.component, default: []].insert(importer.draft.component) }
            }
        }
        guard case .ordered(let order) = RestoreOrder.order(nodes, known: known) else {
            throw Problem(
                .data,
                "the stacks of \(key.name) import from each other in a circle",
                advice: "deploy them by hand"
            )
        }
        let needs = RestoreOrder.needs(nodes, known: known)
        let byID = Dictionary(stacks.map { ($0.draft.component, $0) }, uniquingKeysWith: { first, _ in first })
        stacks = order.compactMap { id in
            var stack = byID[id]
            stack?.draft.after = (needs[id] ?? []).compactMap { byID[$0]?.draft.name }.sorted()
            return stack
        }
    }
}
