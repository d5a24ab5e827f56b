// Every word of the page in both languages, and how numbers are written.

import type { Text, Value } from "./api";

export type Language = "zh" | "en";

export const isLanguage = (text: string | null | undefined): text is Language => text === "zh" || text === "en";

/** The language that the browser asks for; Chinese unless it prefers English. */
export const preferredLanguage = (): Language =>
  navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "zh";

const WORDS = {
  badArea: { zh: "此范围自相交、过大或无效，无法统计。", en: "This area crosses itself, is too large or is none." },
  also: { zh: "此处还有", en: "Also here" },
  area: { zh: "面积", en: "Area" },
  canvas: { zh: "地图。方向键移动，加减键缩放，回车查询中心点。", en: "Map. Arrow keys move, plus and minus zoom, Enter asks about the centre." },
  basemap: { zh: "底图", en: "Base map" },
  basemapNone: { zh: "无底图", en: "None" },
  breakdown: { zh: "分组", en: "By" },
  breakdownNone: { zh: "不分组", en: "Whole" },
  choose: { zh: "只显示所选类别", en: "Show only chosen classes" },
  className: { zh: "类别", en: "Class" },
  clearFilter: { zh: "清除筛选", en: "Clear filter" },
  comparedCanvas: { zh: "对比地图", en: "Compared map" },
  compareNone: { zh: "不对比", en: "None" },
  compareWith: { zh: "卷帘对比", en: "Compare with" },
  coordinates: { zh: "坐标", en: "Coordinates" },
  copyLink: { zh: "复制链接", en: "Copy link" },
  byUse: { zh: "冲突按规划用途分", en: "Conflicts by planned use" },
  close: { zh: "关闭", en: "Close" },
  collapse: { zh: "收起面板", en: "Collapse panel" },
  conflict: { zh: "控规符合性", en: "Conformity with the plan" },
  count: { zh: "数量", en: "Count" },
  dataDate: { zh: "数据日期", en: "Data as of" },
  drawArea: { zh: "画范围：统计与合规检查", en: "Draw an area: totals and compliance" },
  drawHint: { zh: "点击地图添加顶点（或按回车添加中心点），双击或点“完成”结束。", en: "Click the map to add corners (or press Enter for its centre); double-click or Finish ends." },
  everywhere: { zh: "全部", en: "Everywhere" },
  finish: { zh: "完成", en: "Finish" },
  ifIndustry: { zh: "作为工业用地的控规符合性", en: "Conformity with the plan, if used for industry" },
  inView: { zh: "当前视野", en: "In view" },
  length: { zh: "长度", en: "Length" },
  linkCopied: { zh: "链接已复制。", en: "The link was copied." },
  linkIsAddress: { zh: "地址栏中的网址即为此视图的链接。", en: "The address of this page is the link." },
  locate: { zh: "定位到我的位置", en: "Show where I am" },
  measureLine: { zh: "测量距离", en: "Measure a distance" },
  north: { zh: "北", en: "N" },
  nothingFound: { zh: "没有找到", en: "Nothing found" },
  perimeter: { zh: "周长", en: "Perimeter" },
  planIndustrial: { zh: "规划为工业", en: "Planned for industry" },
  planMandatory: { zh: "规划为其他（强制性）", en: "Planned otherwise, mandatory" },
  planOther: { zh: "规划为其他（非强制性）", en: "Planned otherwise" },
  planUnknown: { zh: "无规划或用途不明", en: "Not planned or unknown" },
  planUses: { zh: "规划用地", en: "Planned uses" },
  print: { zh: "打印", en: "Print" },
  printed: { zh: "打印日期", en: "Printed" },
  search: { zh: "搜索编号、名称或坐标", en: "Search key, name or coordinates" },
  searchHits: { zh: "搜索结果", en: "Results" },
  share: { zh: "占比", en: "Share" },
  shown: { zh: "所示合计", en: "Shown" },
  sumsOf: { zh: "统计范围", en: "Sums of" },
  swipe: { zh: "卷帘位置，左右方向键移动", en: "Swipe: arrow keys move it" },
  table: { zh: "表", en: "Table" },
  tables: { zh: "统计表", en: "Tables" },
  tools: { zh: "工具", en: "Tools" },
  undo: { zh: "撤销", en: "Undo" },
  density: { zh: "建筑密度", en: "Building density" },
  dark: { zh: "深色", en: "Dark" },
  light: { zh: "浅色", en: "Light" },
  expand: { zh: "展开面板", en: "Expand panel" },
  extract: { zh: "宗地体检单", en: "Parcel extract" },
  far: { zh: "容积率", en: "Floor area ratio" },
  feature: { zh: "个要素", en: "feature" },
  features: { zh: "个要素", en: "features" },
  generation: { zh: "数据版本", en: "Data version" },
  hectares: { zh: "公顷", en: "ha" },
  here: { zh: "此处要素", en: "What lies here" },
  intensity: { zh: "综合开发强度", en: "Development intensity" },
  layers: { zh: "图层", en: "Layers" },
  legend: { zh: "图例", en: "Legend" },
  loading: { zh: "正在载入…", en: "Loading…" },
  mandatory: { zh: "强条", en: "mandatory" },
  maps: { zh: "专题图", en: "Maps" },
  mu: { zh: "亩", en: "mu" },
  no: { zh: "否", en: "no" },
  noAttributes: { zh: "没有属性", en: "No attributes" },
  noLayers: { zh: "没有可显示的图层", en: "There are no layers to show" },
  noParcel: { zh: "没有这个地块：", en: "There is no such parcel: " },
  noWebgl: {
    zh: "此浏览器无法绘制地图（WebGL 不可用）。请启用硬件加速，或换用较新的浏览器。",
    en: "This browser cannot draw the map (WebGL is not available). Turn on hardware acceleration or use a newer browser.",
  },
  notAssessed: { zh: "未评价", en: "not assessed" },
  nothingHere: { zh: "此处没有要素", en: "Nothing lies here" },
  otherLayers: { zh: "其他图层", en: "Other layers" },
  parcel: { zh: "图斑", en: "Parcel" },
  park: { zh: "园区", en: "Industrial park" },
  noPark: { zh: "不在园区内", en: "in none" },
  pieces: { zh: "冲突地块", en: "Conflicting pieces" },
  retry: { zh: "重试", en: "Try again" },
  rules: { zh: "规则", en: "rules" },
  tilesFailed: { zh: "部分地图数据未能载入。", en: "Part of the map could not be loaded." },
  total: { zh: "合计", en: "Total" },
  unreachable: { zh: "无法连接服务器。请检查网络后重试。", en: "The server cannot be reached. Check the network and try again." },
  refused: { zh: "服务器未能给出此内容。", en: "The server could not give this content." },
  why: { zh: "判定依据", en: "Why" },
  yes: { zh: "是", en: "yes" },
  zone: { zh: "产业分区", en: "Industrial zone" },
  zoomIn: { zh: "放大", en: "Zoom in" },
  zoomOut: { zh: "缩小", en: "Zoom out" },
  zoomTo: { zh: "缩放至图斑", en: "Zoom to parcel" },
} satisfies Record<string, Text>;

export type Word = keyof typeof WORDS;

/** Names of tile layers and attributes of the findings. Anything else is shown as it is called. */
const NAMES: Record<string, Text> = {
  parcels: { zh: "现状工业图斑", en: "Industrial patch" },
  conflicts: { zh: "冲突地块", en: "Conflicting piece" },
  approvals: { zh: "审批信息", en: "Approval" },
  marginal: { zh: "零星、边角宗地", en: "Marginal land" },
  changes: { zh: "规划前后变化", en: "Change under the plan" },
  zoning: { zh: "控规地块", en: "Plan block" },
  zones: { zh: "产业分区", en: "Industrial zone" },
  parks: { zh: "园区", en: "Industrial park" },
  control_line: { zh: "工业用地控制线", en: "Industrial control line" },
  scope: { zh: "规划范围", en: "Study area" },
  key: { zh: "编号", en: "Key" },
  name: { zh: "名称", en: "Name" },
  parcel: { zh: "图斑编号", en: "Parcel" },
  area_ha: { zh: "面积（公顷）", en: "Area (ha)" },
  conflict_ha: { zh: "冲突面积（公顷）", en: "Conflicting area (ha)" },
  conflict_pct: { zh: "冲突面积占比（%）", en: "Conflicting share (%)" },
  approval: { zh: "审批符合性", en: "Approval" },
  approval_key: { zh: "电子监管号", en: "Key of the approval" },
  approved: { zh: "已审批", en: "Approved" },
  granted: { zh: "已出让", en: "Granted" },
  in_control_line: { zh: "位于工业控制线内", en: "Inside the control line" },
  scenario: { zh: "处置情形（表9）", en: "Scenario (table 9)" },
  action: { zh: "五年行动计划", en: "Five-year plan" },
  kind: { zh: "类别", en: "Kind" },
  use: { zh: "利用建议", en: "Advised use" },
  merge_with: { zh: "可并入图斑", en: "May be developed with" },
  far: { zh: "容积率", en: "Floor area ratio" },
  density: { zh: "建筑密度", en: "Building density" },
  park: { zh: "园区", en: "Industrial park" },
  plan_code: { zh: "规划用地代码", en: "Planned use code" },
  plan_name: { zh: "规划用途", en: "Planned use" },
  type: { zh: "冲突类型", en: "Conflict type" },
  mandatory: { zh: "强制性内容", en: "Mandatory content" },
  far_max: { zh: "容积率上限", en: "Floor area ratio, at most" },
  density_max: { zh: "建筑密度上限", en: "Building density, at most" },
  green_min: { zh: "绿地率下限", en: "Green space, at least" },
  height_max: { zh: "限高（米）", en: "Height limit (m)" },
};

/** Says things in one language. */
export class Speaker {
  constructor(readonly language: Language) {}

  say(word: Word): string {
    return WORDS[word][this.language];
  }

  pick(text: Text): string {
    return text[this.language] || text.zh || text.en;
  }

  /** What a tile layer or an attribute is called. */
  name(id: string): string {
    const known = NAMES[id];
    return known ? this.pick(known) : id;
  }

  number(value: number, decimals: number): string {
    return value.toLocaleString(this.language === "zh" ? "zh-CN" : "en-GB", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  }

  count(value: number): string {
    return this.number(value, 0);
  }

  hectares(areaHa: number): string {
    return `${this.number(areaHa, 2)} ${this.say("hectares")}`;
  }

  metres(length: number): string {
    return length < 1000 ? `${this.number(length, 1)} m` : `${this.number(length / 1000, 3)} km`;
  }

  /** What tables are broken down by. */
  by(id: string): string {
    const known: Record<string, Text> = {
      park: { zh: "按园区", en: "Park" },
      zone: { zh: "按产业分区", en: "Zone" },
      scope: { zh: "按规划范围", en: "Study area" },
      conflict: { zh: "按控规符合性", en: "Conformity" },
    };
    const label = known[id];
    return label ? this.pick(label) : id;
  }

  /** 1 亩 is exactly 1/15 hectare. */
  mu(areaHa: number): string {
    return `${this.number(areaHa * 15, 2)} ${this.say("mu")}`;
  }

  percent(fraction: number): string {
    return `${this.number(fraction * 100, 1)}${this.language === "zh" ? "%" : " %"}`;
  }

  /** Any attribute's value as it stands. */
  value(value: Value | undefined): string {
    if (value === null || value === undefined || value === "") return "—";
    if (typeof value === "boolean") return this.say(value ? "yes" : "no");
    if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
    return value;
  }
}
