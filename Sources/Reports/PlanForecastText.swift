import Core
import Foundation

/// What a plan will probably bring about, as its approver reads it.
enum PlanForecastText {
    static func write(_ forecast: EnvironmentForecast, stacks: Int, _ page: inout Page) {
        let resources = forecast.counts.reduce(0) { $0 + $1.count }
        let kinds = forecast.counts.map { "\($0.count) \(shortType($0.type))" }.joined(separator: ", ")
        page.line(
            Span("goes: ", .bold),
            Span("\(Canvas.counted(resources, "resource")) in \(Canvas.counted(stacks, "stack"))"),
            Span(kinds.isEmpty ? "" : ": \(kinds)", .dim),
            indent: 4
        )
        page.line(Span("takes: ", .bold), Span(forecast.duration.words), indent: 4)
        for reason in forecast.duration.because { page.line(Span(reason), indent: 6) }
        if let costs = forecast.costs, !costs.isEmpty {
            let texts = costs.map { "\($0.month): \($0.words)" }
            page.line(Span("cost: ", .bold), Span(texts.joined(separator: "; ")), indent: 4)
        }
        losses(forecast, &page)
        stays(forecast, &page)
        for text in forecast.unread.sorted() {
            page.line(Span("not known: ", .warning), Span(text), indent: 4)
        }
    }

    private static func losses(_ forecast: EnvironmentForecast, _ page: inout Page) {
        guard !forecast.losses.isEmpty else {
            page.line("No data-bearing resources are known in it.", indent: 4)
            return
        }
        page.line(Span("lost for good, with what is in it:", .bad), indent: 4)
        var table = Table([.init("name"), .init("type"), .init("holds", shrinks: false)])
        // What holds most comes first: nobody reads to the end of a long list.
        for loss in forecast.losses.sorted(by: { $0.weight > $1.weight || $0.weight == $1.weight && $0.name < $1.name })
        {
            table.add(Span(loss.name, .bold), Span(shortType(loss.type)), loss.held)
        }
        page.table(table, indent: 6)
    }

    private static func stays(_ forecast: EnvironmentForecast, _ page: inout Page) {
        guard !forecast.stays.isEmpty else { return }
        page.line(Span("stays behind:", .warning), indent: 4)
        var table = Table([.init("name"), .init("type"), .init("why", shrinks: false)])
        for stay in forecast.stays { table.add(Span(stay.name), Span(shortType(stay.type)), Span(stay.reason.words)) }
        page.table(table, indent: 6)
    }

    /// `DynamoDB::Table`: every type of a plan begins with `AWS::`.
    static func shortType(_ type: String) -> String { type.hasPrefix("AWS::") ? String(type.dropFirst(5)) : type }
}

extension ForecastStay.Reason {
    var words: String {
        switch self {
        case .retained: "kept by its template"
        case .snapshot: "as a snapshot"
        case .logGroup: "made by functions, no stack has it"
        case .named: "left behind by this plan if its deletion fails"
        }
    }
}

extension ForecastLoss {
    /// For sorting: what is known to be full, what is not known, what is known to be empty.
    fileprivate var weight: Int64 {
        guard let content else { return 1 }
        let items = Int64(content.items ?? 0)
        if content.items == nil, content.bytes == nil { return 1 }
        return max(content.bytes ?? 0, items) == 0 ? 0 : 2 + max(content.bytes ?? 0, items)
    }

    /// `1,200 items, 34 kB`.
    var held: Span {
        guard let content, content.items != nil || content.bytes != nil else { return Span("not counted", .dim) }
        if content.items ?? 0 == 0, content.bytes ?? 0 == 0 { return Span("empty", .good) }
        let more = content.isAtLeast ? "more than " : ""
        let parts = [
            content.items.map { "\(more)\(Forecast.grouped($0)) \(noun(one: $0 == 1 && !content.isAtLeast))" },
            content.bytes.map { "\(content.items == nil ? more : "")\(Forecast.size($0))" },
        ]
        return Span(parts.compactMap(\.self).joined(separator: ", "), .bad)
    }

    private func noun(one: Bool) -> String {
        let many =
            switch type {
            case "AWS::S3::Bucket": "objects and versions"
            case "AWS::ECR::Repository": "images"
            case "AWS::Cognito::UserPool": "users"
            case "AWS::SQS::Queue": "messages"
            default: "items"
            }
        guard one else { return many }
        return many == "objects and versions" ? "object" : String(many.dropLast())
    }
}

extension Forecast {
    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// `512 B`, `34.6 kB`, `2.1 GB`, in powers of a thousand.
    static func size(_ bytes: Int64) -> String {
        guard bytes >= 1_000 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = "B"
        for next in ["kB", "MB", "GB", "TB", "PB"] where value >= 999.95 {
            value /= 1_000
            unit = next
        }
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}

extension ForecastDuration {
    /// `26 to 48 minutes`: rounded outwards, because it is a guess.
    var words: String {
        guard most > 0 else { return "not known" }
        let (from, to) = (least / 60, (most + 59) / 60)
        if to < 120 { return from == to ? "\(to) min" : "\(from) to \(to) minutes" }
        return "\(Self.hours(from)) to \(Self.hours(to))"
    }

    private static func hours(_ minutes: Int) -> String {
        minutes < 60
            ? "\(minutes) min" : minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
