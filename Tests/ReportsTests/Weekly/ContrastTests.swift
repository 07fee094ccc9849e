import Foundation
import Testing

@testable import Reports

/// Every text of every edition on the ground on which it stands: as it is, on a dark screen as our style sheet wants it,
/// and on one for which the client turns the colours over by itself.
struct ContrastTests {
    struct Colour: Hashable {
        var red, green, blue: Double

        init?(_ hex: String?) {
            guard let hex, hex.count == 7, let number = Int(hex.dropFirst(), radix: 16) else { return nil }
            (red, green, blue) = (
                Double(number >> 16 & 255) / 255, Double(number >> 8 & 255) / 255, Double(number & 255) / 255
            )
        }

        var luminance: Double {
            func linear(_ part: Double) -> Double { part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4) }
            return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        }

        /// The same hue, as light as this was dark; as Gmail's and Outlook's apps do it.
        var turnedOver: Colour {
            let shift = 1 - max(red, green, blue) - min(red, green, blue)
            var turned = self
            (turned.red, turned.green, turned.blue) = (red + shift, green + shift, blue + shift)
            return turned
        }

        /// Every channel by itself, as some accessibility settings do.
        var negative: Colour {
            var turned = self
            (turned.red, turned.green, turned.blue) = (1 - red, 1 - green, 1 - blue)
            return turned
        }

        func contrast(_ other: Colour) -> Double {
            let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
            return (light + 0.05) / (dark + 0.05)
        }
    }

    private struct Pair: Hashable {
        let text: Colour
        let ground: Colour
    }

    /// The pairs on a page, with the style sheet's colours where it is dark.
    private static func pairs(_ html: MailHTML, dark: Bool) -> Set<Pair> {
        var sheet: [String: [String: String]] = [:]
        for rule in html.styleSheet.matches(of: /\.([a-z]+) \{ ([a-z-]+): (#[0-9a-f]{6})/) {
            sheet[String(rule.1), default: [:]][String(rule.2)] = String(rule.3)
        }
        var stack: [(text: Colour?, ground: Colour?)] = [(nil, nil)]
        var found: Set<Pair> = []
        for token in html.tokens {
            switch token {
            case .text(let text):
                guard text.contains(where: { !$0.isWhitespace }), text != "&nbsp;", stack.count > 3,
                    let top = stack.last, let colour = top.text, let ground = top.ground
                else { continue }
                found.insert(Pair(text: colour, ground: ground))
            case .tag(let tag) where tag.isEnd: stack.removeLast()
            case .tag(let tag) where MailHTML.void.contains(tag.name): break
            case .tag(let tag):
                var top = stack.last ?? (nil, nil)
                var style = tag.style
                if dark {
                    for name in (tag.attributes["class"] ?? "").split(separator: " ") {
                        style.merge(sheet[String(name)] ?? [:]) { $1 }
                    }
                }
                if let colour = Colour(style["color"]) { top.text = colour }
                if let ground = Colour(style["background-color"]) { top.ground = ground }
                stack.append(top)
            }
        }
        return found
    }

    @Test func `every text can be read, on light and dark screens, however they are made dark`() throws {
        let templates = try WeeklyTemplates()
        var light: Set<Pair> = []
        var dark: Set<Pair> = []
        for (_, report) in MailClientTests.editions {
            let html = MailHTML(try report.html(templates))
            light.formUnion(Self.pairs(html, dark: false))
            dark.formUnion(Self.pairs(html, dark: true))
        }
        // Five tones on paper, and some of them on tiles and alarms.
        #expect(light.count >= 8 && dark.count >= 8)
        for pair in light {
            #expect(pair.text.contrast(pair.ground) >= 4.5, "\(pair)")
            #expect(pair.text.turnedOver.contrast(pair.ground.turnedOver) >= 4.5, "turned over: \(pair)")
            #expect(pair.text.negative.contrast(pair.ground.negative) >= 4.5, "negative: \(pair)")
        }
        for pair in dark {
            #expect(pair.text.contrast(pair.ground) >= 4.5, "dark: \(pair)")
            #expect(pair.text.luminance > pair.ground.luminance, "not dark: \(pair)")
        }
    }

    @Test func `bars stand out from light and dark grounds`() throws {
        let html = MailHTML(try WeeklyFleet.book.report().html(WeeklyTemplates()))
        let bars = html.tags.filter { $0.name == "td" && $0.attributes["height"] != nil }
        let fills = Set(bars.compactMap { Colour($0.style["background-color"]) })
        #expect(fills.count >= 4)
        for fill in fills {
            for ground in ["#ffffff", "#191d23"].compactMap(Colour.init) {
                #expect(fill.contrast(ground) >= 3, "\(fill) on \(ground)")
            }
        }
    }

    @Test func `contrast is what WCAG says it is`() throws {
        let black = try #require(Colour("#000000"))
        let white = try #require(Colour("#ffffff"))
        let grey = try #require(Colour("#767676"))
        #expect(abs(black.contrast(white) - 21) < 0.01 && abs(grey.contrast(white) - 4.54) < 0.01)
        #expect(black.turnedOver == white)
    }
}
