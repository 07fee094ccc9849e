import Core

/// Says what a plan will probably bring about, from what planning read anyway.
struct Forecasting {
    let survey: Survey
    let steps: [PlanStep]
    let chains: [ComponentID: StepChain]
    let isBounded: @Sendable (AccountID) -> Bool

    func forecast(_ environments: [PlannedEnvironment]) -> Forecast {
        let stacks = Dictionary(
            environments.flatMap(\.components).compactMap { id in duration(of: id).map { (id, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        return Forecast(environments: environments.map { forecast($0, stacks: stacks) })
    }

    private func forecast(
        _ planned: PlannedEnvironment,
        stacks: [ComponentID: ForecastDuration]
    ) -> EnvironmentForecast {
        var forecast = EnvironmentForecast(key: planned.key)
        var types: [String: Int] = [:]
        for id in planned.components.sorted() {
            if let failure = survey.unread[id] { forecast.unread.append("\(Blockers.name(id)): \(failure.summary)") }
            guard let component = survey.components[id] else { continue }
            for resource in component.parts.flatMap(\.going) { types[resource.type, default: 0] += 1 }
            forecast.losses += losses(component)
            forecast.stays += stays(component)
            forecast.unread += component.inspection.unread
            forecast.powers.append(
                ForecastPower(
                    component: id,
                    serviceRole: component.observed.serviceRole,
                    isBounded: isBounded(component.observed.target.account)
                )
            )
        }
        forecast.counts = types.map { TypeCount(type: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.type) < ($0.count, $1.type) }
        forecast.duration = duration(of: planned, stacks)
        return forecast
    }

    private func losses(_ component: Survey.Component) -> [ForecastLoss] {
        component.parts.flatMap(\.going).filter { DataBearing.types.contains($0.type) }
            .map {
                ForecastLoss(
                    component: component.observed.id,
                    type: $0.type,
                    name: $0.physicalID ?? $0.logicalID,
                    content: $0.physicalID.flatMap { component.inspection.contents[$0] }
                )
            }
            .sorted { ($0.type, $0.name) < ($1.type, $1.name) }
    }

    private func stays(_ component: Survey.Component) -> [ForecastStay] {
        let id = component.observed.id
        func stay(_ resource: ObservedResource, _ reason: ForecastStay.Reason) -> ForecastStay {
            ForecastStay(
                component: id,
                type: resource.type,
                name: resource.physicalID ?? resource.logicalID,
                reason: reason
            )
        }
        var stays = component.parts.flatMap(\.staying).map { stay($0, .retained) }
        for part in component.parts {
            stays += part.going.filter { part.fate(of: $0) == .leavesSnapshot }.map { stay($0, .snapshot) }
        }
        stays += (chains[id]?.retained ?? []).map { stay($0, .named) }
        let deleted = Set(chains[id]?.logGroups ?? [])
        stays += component.inspection.logGroups.filter { !deleted.contains($0.name) }
            .map { ForecastStay(component: id, type: "AWS::Logs::LogGroup", name: $0.name, reason: .logGroup) }
        return stays.sorted { ($0.reason.rawValue, $0.type, $0.name) < ($1.reason.rawValue, $1.type, $1.name) }
    }

    private func duration(of id: ComponentID) -> ForecastDuration? {
        guard let component = survey.components[id] else { return nil }
        let going = component.parts.flatMap(\.going)
        return TeardownDuration.stack(
            types: Set(going.map(\.type)),
            functionsInVPC: component.inspection.functionsInVPC,
            silentFunctions: component.inspection.customResources.count(where: \.isGone),
            nested: component.parts.count - 1
        )
    }

    private func duration(of planned: PlannedEnvironment, _ stacks: [ComponentID: ForecastDuration]) -> ForecastDuration
    {
        let ends = Set(steps.filter { $0.environment == planned.key }.map(\.number))
        let range = TeardownDuration.along(steps, endingIn: ends) { step in
            guard step.action != .deleteStack else {
                let known = stacks[step.component]
                return TeardownDuration.Range(known?.least ?? 0, known?.most ?? 0)
            }
            let content = step.action.subject.flatMap { survey.components[step.component]?.inspection.contents[$0] }
            let items = content.flatMap { $0.isAtLeast ? nil : $0.items }
            return TeardownDuration.step(step.action, items: items)
        }
        let because = planned.components.sorted().flatMap { id in
            (stacks[id]?.because ?? []).map { "\(Blockers.name(id)): \($0)" }
        }
        return ForecastDuration(least: range.least, most: range.most, because: because)
    }
}
