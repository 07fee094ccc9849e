import Core

/// What plans may do beyond deleting stacks: what a person named in the command, and what the settings allow.
struct Exceptions: Sendable {
    let asked: NamedExceptions
    let rules: TeardownRules

    /// What is done about a component as it was read.
    func chain(for component: Survey.Component, of environment: EnvironmentKey) -> StepChain {
        let observed = component.observed
        let full = component.contents.filter { content in
            if case .success(true) = content.empty { false } else { mayEmpty(content.resource) }
        }
        func names(_ type: String) -> [String] {
            Set(full.filter { $0.resource.type == type }.compactMap(\.resource.physicalID)).sorted()
        }
        return StepChain(
            environment: environment,
            component: observed.id,
            target: observed.target,
            name: observed.name,
            serviceRole: observed.serviceRole,
            switchesProtectionOff: observed.terminationProtection == true
                && Self.means(observed, asked.unprotect),
            buckets: names("AWS::S3::Bucket"),
            repositories: names("AWS::ECR::Repository"),
            retained: component.resources.filter { resource in
                resource.status != "DELETE_COMPLETE"
                    && asked.retain.contains { $0.logicalID == resource.logicalID && Self.means(observed, [$0.stack]) }
            },
            // One that is protected stays, whatever the settings say.
            logGroups: rules.deletesLogGroups
                ? component.inspection.logGroups.filter { !$0.isDeletionProtected }.map(\.name) : []
        )
    }

    /// A name that is in none of the plans is a mistake, and a mistake in what may be destroyed is never passed over.
    ///
    /// Where something could not be read nobody can tell; then the plan is blocked for that, and says so.
    func refuseUnmatched(in survey: Survey) throws(Problem) {
        guard survey.unread.isEmpty else { return }
        let components = survey.components.values
        let contents = Set(components.flatMap(\.contents).compactMap(\.resource.physicalID))
        let staying = Set(components.flatMap(\.parts).flatMap(\.staying).compactMap(\.physicalID))
        if let name = asked.empty.intersection(staying).min() {
            throw Problem(
                .usage,
                "\(name) stays when its stack is deleted, as its template says, so nothing is emptied",
                advice: "leave out --empty \(name)"
            )
        }
        if let name = asked.empty.subtracting(contents).min() {
            throw Problem(
                .usage,
                "no bucket or repository of these environments is called \(name)",
                advice: contents.isEmpty
                    ? "they have none that must be empty to go"
                    : "they have: \(contents.sorted().prefix(10).joined(separator: ", "))"
            )
        }
        let stacks = components.map(\.observed)
        let known = "they have: \(Set(stacks.map(\.name)).sorted().prefix(10).joined(separator: ", "))"
        for name in asked.unprotect.sorted() where !stacks.contains(where: { Self.means($0, [name]) }) {
            throw Problem(.usage, "no stack of these environments is called \(name)", advice: known)
        }
        for retained in asked.retain.sorted() {
            let meant = components.filter { Self.means($0.observed, [retained.stack]) }
            if meant.isEmpty {
                throw Problem(.usage, "no stack of these environments is called \(retained.stack)", advice: known)
            }
            let resources = Set(meant.flatMap(\.resources).map(\.logicalID))
            if !resources.contains(retained.logicalID) {
                throw Problem(
                    .usage,
                    "\(retained.stack) has no resource with the logical id \(retained.logicalID)",
                    advice: "it has: \(resources.sorted().prefix(10).joined(separator: ", "))"
                )
            }
        }
    }

    private func mayEmpty(_ resource: ObservedResource) -> Bool {
        guard let name = resource.physicalID, !name.isEmpty else { return false }
        return asked.emptiesAll || asked.empty.contains(name) || rules.empty.contains { $0.matches(name) }
    }

    private static func means(_ component: ObservedComponent, _ words: Set<String>) -> Bool {
        words.contains(component.name) || words.contains(component.id.text)
    }
}
