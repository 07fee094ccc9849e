import Core
import Foundation

/// Everything a plan rests on, read afresh from the provider.
///
/// Planning makes one; the reaper makes another right before it destroys anything, with the same code.
struct Survey: Sendable {
    /// One component as it is now.
    struct Component: Sendable {
        var observed: ObservedComponent
        var template: String
        var resources: [ObservedResource]
        /// Itself first, then every stack nested in it.
        var parts: [Part]
        /// Resources that only go when empty: whether they are, or why that is not known.
        var contents: [Content]
        var exports: [Export]
        var inspection = Inspection()

        /// Those that stay, too: they are in the power that deletes it.
        var nestedStacks: Int {
            parts.flatMap { $0.going + $0.staying }.count { $0.type == "AWS::CloudFormation::Stack" }
        }

        /// It was read, and nothing is in it.
        func isEmpty(_ resource: ObservedResource) -> Bool {
            contents.contains { content in
                if case .success(true) = content.empty { content.resource == resource } else { false }
            }
        }
    }

    /// One stack with what its template says; nil where that could not be read.
    struct Part: Sendable {
        let id: ComponentID
        let resources: [ObservedResource]
        let template: TemplateReading?

        private var present: [ObservedResource] {
            resources.filter { $0.status != "DELETE_COMPLETE" && $0.status != "DELETE_SKIPPED" }
        }

        func fate(of resource: ObservedResource) -> TemplateReading.Fate {
            template?.fate(of: resource.logicalID) ?? .goes
        }

        /// What its deletion deletes.
        var going: [ObservedResource] { present.filter { fate(of: $0) != .stays } }
        var staying: [ObservedResource] { present.filter { fate(of: $0) == .stays } }
        /// Nested stacks that go with it; in one that stays, everything stays.
        var nested: [ComponentID] {
            going.filter { $0.type == "AWS::CloudFormation::Stack" }.compactMap(\.physicalID).map { ComponentID($0) }
        }
    }

    struct Content: Sendable {
        let resource: ObservedResource
        let empty: Result<Bool, ProviderFailure>
    }

    typealias Export = ExportReading
    typealias Importer = ImporterReading

    /// One target's fresh listing.
    struct Listing: Sendable {
        let components: [ComponentID: ObservedComponent]
        private let exports: [ComponentID: [ObservedExport]]
        private let exporters: [String: ComponentID]
        private let ids: [String: ComponentID]

        init(components: [ComponentID: ObservedComponent], exports: [ObservedExport]) {
            self.components = components
            self.exports = Dictionary(grouping: exports, by: \.exporter)
            exporters = Dictionary(exports.map { ($0.name, $0.exporter) }, uniquingKeysWith: { first, _ in first })
            ids = Dictionary(components.values.map { ($0.name, $0.id) }, uniquingKeysWith: min)
        }

        /// The component of that name; nil when the listing has none.
        func id(named name: String) -> ComponentID? { ids[name] }
        func exports(of id: ComponentID) -> [ObservedExport] { exports[id] ?? [] }
        func exporter(of name: String) -> ComponentID? { exporters[name] }
    }

    var components: [ComponentID: Component] = [:]
    var gone: Set<ComponentID> = []
    /// What could not be read, and why.
    ///
    /// Anything here means "moved" to the reaper and a blocker to planning.
    var unread: [ComponentID: ProviderFailure] = [:]
    var listings: [Target: Result<Listing, ProviderFailure>] = [:]
    /// Components that scans found inside others.
    var nested: Set<ComponentID> = []

    private var groups = SurveyGroups()

    /// The environment's class and members as fresh listings of all its targets give them.
    func members(
        of environment: EnvironmentRecord
    ) -> Result<(kind: EnvironmentClass, members: [ComponentID]), ProviderFailure> {
        for coverage in environment.targets {
            switch listings[coverage.target] {
            case .success: break
            case .failure(let failure): return .failure(failure)
            case nil:
                return .failure(
                    ProviderFailure(.malformed, "\(coverage.target) was not listed", advice: "please report this")
                )
            }
        }
        return groups.group(of: environment)
    }

    /// Puts together what the listings hold, once for all the environments.
    ///
    /// Last of all: what is nested in a stack shows in its resources.
    mutating func group(for environments: [EnvironmentRecord], rules: ScanRules) {
        groups = SurveyGroups(of: environments, in: listings, nested: nested.union(nestedHere), rules: rules)
    }

    private var nestedHere: Set<ComponentID> {
        Set(
            components.values.flatMap(\.resources).filter { $0.type == "AWS::CloudFormation::Stack" }
                .compactMap(\.physicalID).map { ComponentID($0) }
        )
    }

    /// What must not move.
    ///
    /// Nil with the reason when any part could not be read (P3).
    func fingerprint(
        of environments: [EnvironmentRecord],
        components ids: Set<ComponentID>
    ) -> Result<Fingerprint, ProviderFailure> {
        var result = Fingerprint()
        for id in ids {
            if let failure = unread[id] { return .failure(failure) }
            guard let component = components[id] else { continue }
            result.components[id] = Fingerprint.digest(
                of: component.observed,
                template: component.template,
                resources: component.resources
            )
            for export in component.exports where !export.importers.isEmpty {
                result.importers["\(component.observed.target) \(export.name)"] = export.importers.map(\.text).sorted()
            }
        }
        for environment in environments {
            switch members(of: environment) {
            case .failure(let failure): return .failure(failure)
            case .success(let found):
                result.members[environment.key] = found.members
                // Other than a feature by now: no member set equals this one.
                if found.kind != .feature { result.members[environment.key] = [ComponentID(found.kind.rawValue)] }
            }
            result.holds[environment.key] = [environment.protection?.id, environment.lease?.id].compactMap(\.self)
        }
        return .success(result)
    }
}

extension Survey {
    /// For each component inside, those inside that must be gone before it: who imports from it, and the parent of a
    /// companion stack.
    func waitsFor(_ inside: Set<ComponentID>) -> [ComponentID: Set<ComponentID>] {
        let companions = CompanionStacks.parents(inside.compactMap { components[$0]?.observed })
        return imports(of: inside).waitsFor(inside).merging(companions) { $0.union($1) }
    }

    /// Who leans on these.
    func imports(of ids: Set<ComponentID>) -> ImportGraph {
        ImportGraph(
            Dictionary(
                ids.compactMap { id in components[id].map { (id, $0.exports) } },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }

    /// The same with the protection that these had, which a step of their own plan switched off since.
    func withProtectionAsApproved(_ switchedOff: Set<ComponentID>) -> Survey {
        var survey = self
        for id in switchedOff where survey.components[id]?.observed.terminationProtection == false {
            survey.components[id]?.observed.terminationProtection = true
        }
        return survey
    }
}

extension PlanRecord {
    /// Whose protection this plan's own steps switched off, or were about to.
    var protectionSwitchedOff: Set<ComponentID> {
        Set(
            steps.filter { record in
                guard record.step.action == .switchProtectionOff else { return false }
                switch record.state {
                case .intended, .requested, .gone, .done, .obstructed, .failed: return true
                case .pending, .unneeded, .skipped: return false
                }
            }
            .map(\.step.component)
        )
    }
}
