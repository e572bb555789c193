"""What is said to people, in English or Chinese. Facts come in; nothing is claimed here that was not handed over."""

import datetime as dt
import re
from typing import Literal

from llmagentos.language.units import Duration, number_text
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import AlarmView, EntityView
from llmagentos.messages.values import Json

Language = Literal["en", "zh"]

_PHRASES: dict[str, tuple[str, str]] = {
    "done": ("{what}.", "{what}。"), "failed": ("{what} did not work: {why}.", "{what}没有成功：{why}。"),
    "in_doubt": ("I sent {what}, but the device has not confirmed it.", "已发送{what}，但设备还没有确认。"),
    "assumed": ("{what} (sent; this device does not report back).", "{what}（已发送，该设备不回报状态）。"),
    "is": ("{name} is {state}.", "{name}：{state}。"), "value": ("{name}: {state}.", "{name}：{state}。"),
    "unknown_state": ("I do not know the state of {name}; it has not reported.", "不知道{name}的状态，它还没有上报。"),
    "unknown_value": ("I do not know the {what} of {name}; it has not reported.", "不知道{name}的{what}，它还没有上报。"),
    "empty_value": ("{name} reports nothing.", "{name}没有内容。"), "nothing_played": ("{name} plays nothing.", "{name}没有在播放。"),
    "more": ("{name} {value}", "{name}{value}"), "more_title": ("\"{value}\"", "《{value}》"), "more_artist": ("by {value}", "{value}"),
    "more_temperature": ("set to {value}", "设定{value}"), "more_current temperature": ("now {value}", "现在{value}"),
    "yes": ("Yes, {name} is {state}.", "是的，{name}：{state}。"), "no": ("No, {name} is {state}.", "不，{name}：{state}。"),
    "all_yes": ("Yes, all of them.", "是的，全部都是。"), "none": ("None.", "没有。"), "no_any": ("No, none of them.", "没有。"),
    "some": ("{names}.", "{names}。"), "yes_some": ("Yes: {names}.", "有：{names}。"), "no_some": ("No: not {names}.", "不是：{names}不是。"),
    "count": ("{count}.", "{count}个。"), "count_names": ("{count}: {names}.", "{count}个：{names}。"),
    "empty_list": ("{name} is empty.", "{name}是空的。"), "list": ("{name}: {names}.", "{name}：{names}。"),
    "time": ("It is {time}.", "现在是{time}。"), "date": ("Today is {date}.", "今天是{date}。"),
    "events": ("{names}.", "{names}。"), "no_events": ("Nothing is planned.", "没有安排。"),
    "which": ("Which one: {names}?", "是哪一个：{names}？"), "what": ("What do you mean?", "你是指什么？"),
    "open_value": ("Which {what} for {name}?", "{name}要什么{what}？"), "open_amount": ("How much {what} for {name}?", "{name}的{what}设为多少？"),
    "open_time": ("For what time?", "几点的？"), "open_duration": ("For how long?", "多长时间？"),
    "open_item": ("What shall I put on {name}?", "要往{name}里加什么？"), "open_item off": ("What shall I take off {name}?", "要从{name}里去掉什么？"),
    "either": ("Do you mean: {names}?", "你的意思是：{names}？"), "absent": ("There is no such {name} here.", "这里没有{name}。"),
    "absent_any": ("I know of no such thing here.", "这里没有这样的设备。"), "impossible": ("{name} cannot do that.", "{name}做不到。"),
    "impossible_any": ("That is not possible here.", "这里做不到。"), "range": ("That is outside what it can do ({name}).", "超出范围（{name}）。"),
    "unknown": ("I cannot tell which or how much ({name}).", "无法确定（{name}）。"), "later": ("I cannot do that yet.", "我还不会做这个。"),
    "unsafe": ("I will not do that: it is not safe.", "这样不安全，我不会做。"), "nothing": ("All right, I did nothing.", "好的，没有执行任何操作。"),
    "talked": ("{text} (Only words: nothing was done.)", "{text}（只是聊天，没有执行任何操作。）"),
    "hello": ("I am here.", "我在。"), "no_model": ("I cannot understand sentences now: {why}", "现在无法理解语句：{why}"),
    "consent": ("{what}? This needs your yes.", "{what}？需要你的同意。"), "refused": ("Not done: {why}.", "未执行：{why}。"),
    "advise": ("I would {what}, but this site only lets me advise.", "建议{what}，但本站点只允许我建议。"),
    "timer_started": ("Timer set for {time}.", "已设置{time}的计时器。"), "timer_done": ("Done: timer {name}.", "好的，计时器{name}。"),
    "timer_left": ("{time} left.", "还剩{time}。"), "no_timer": ("There is no timer.", "没有计时器。"), "delayed": ("In {time}.", "{time}后执行。"),
    "scheduled": ("Will do: {time}.", "好的，{time}执行。"),
    "timer_over": ("Your timer is over{name}.", "计时器到时{name}。"), "because": ("{why}", "{why}"),
    "alarm_set": ("Alarm set: {time}.", "已设置闹钟：{time}。"), "alarms": ("Alarms: {names}.", "闹钟：{names}。"), "no_alarm": ("There is no alarm.", "没有闹钟。"),
    "alarm_over": ("It is {time}: your alarm.", "{time}了，闹钟响了。"), "alarm_missed": ("You missed your alarm of {time}: I was not running.", "错过了{time}的闹钟：当时我没有运行。"),
    "alarm_done": ("Alarm cancelled.", "已取消闹钟。"), "alarms_done": ("All alarms cancelled.", "已取消所有闹钟。"),
    "now_only": ("I can do that now, after a while or once at a time, not yet every day or under a condition.", "我现在可以做，也可以稍后或在某个时间做一次，还不能每天做或按条件做。"),
    "list_made": ("{name}: a new list.", "已新建清单：{name}。"), "list_known": ("There is a list {name} already.", "已经有清单{name}了。"),
    "list_name": ("What is it to be called? Say for instance: make a list for the party.", "叫什么名字？比如说：新建聚会清单。"),
    "nothing_to_do": ("Nothing is to be done: it is so already.", "不需要做什么，已经是这样了。"),
    "order_given": ("From now on: {what}.", "以后：{what}。"), "moment": ("A moment does not last, and only one can begin an order.", "时刻没有持续时间，一条指令只能由一个时刻触发。"),
    "sun": ("I do not know where this site is, so I cannot follow the sun: give `location` in the site file.", "不知道站点的位置，无法根据日出日落执行：请在站点文件中填写 location。"),
    "nothing_to_undo": ("There is nothing to take back.", "没有可以撤销的操作。"), "cannot_undo": ("This cannot be taken back: {names}.", "无法撤销：{names}。"),
    "orders_none": ("There is no such standing order.", "没有这样的常设指令。"), "orders_are": ("Standing orders: {what}.", "常设指令：{what}。"),
    "orders_pause": ("Resting now: {what}.", "已暂停：{what}。"), "orders_resume": ("In force again: {what}.", "已恢复：{what}。"), "orders_remove": ("No longer in force: {what}.", "已删除：{what}。"),
    "orders_remove_asked": ("Shall I remove this for good?", "确定要永久删除吗？"), "orders_resting": ("{what} (resting)", "{what}（已暂停）"),
    "orders_of_others": ("Only who gave an order, or the owner, may change it.", "只有下达指令的人或主人可以更改。"),
    "order_instead": ("It takes the place of: {what}.", "它将取代：{what}。"),
    "order_either": ("From now on, either (1) {what}; or (2) {other}. Which one?", "以后是（1）{what}；还是（2）{other}？"),
    "order_asked": ("From now on, {what}. Shall I?", "以后{what}。可以吗？"), "notice": ("One of your standing orders has something to tell you.", "您的一条常设指令有事要告诉您。"),
    "loops": ("Careful: with {orders} this sets itself off again and again ({name}).", "注意：这会与{orders}互相反复触发（{name}）。"),
    "loops_alone": ("Careful: this sets itself off again and again ({name}).", "注意：这会反复触发自己（{name}）。"),
    "would_have": ("In the last {span} it would have acted {times}, last {when}.", "过去{span}它会执行{times}，最近一次是{when}。"),
    "would_not_have": ("In the last {span} it would not have acted.", "过去{span}它一次也不会执行。"),
    "conflicts": ("Careful: at the same moment {orders} tells {name} otherwise.", "注意：同一时刻{orders}会对{name}下相反的命令。"),
    "doubt_gone": ("{name} is no longer there", "{name}已不存在"), "doubt_unreachable": ("{name} cannot be reached", "无法连接{name}"),
    "doubt_unknown": ("{name} has not reported", "{name}还没有上报"), "doubt_battery": ("the battery of {name} is low", "{name}电量低"),
    "trial_notice": ("This is a trial of: {what}.", "这是一次测试：{what}。"), "trial_told": ("You have been sent a message. Did it arrive?", "已发送一条消息，请确认是否收到。"),
    "trial_question": ("If you say yes, it stays so.", "如果同意，将保持该状态。"), "trial_not_back": ("It could not be put back.", "未能恢复原状。"),
    "trial_back": ("It works, and is as it was before.", "可以执行，并已恢复原状。"), "trial_stays": ("It works; not all of it can be put back.", "可以执行，但不能全部恢复原状。"),
    "alarm_placed": ("Alarm {name} ({priority}): {what}.", "警报{name}（{priority}）：{what}。"), "alarm_known": ("There is an alarm {name} already.", "已经有警报{name}了。"),
    "alarm_raised": ("Alarm ({priority}): {name}. {what}.", "警报（{priority}）：{name}。{what}。"),
    "alarm_unanswered": ("Nobody has answered for {time}. Alarm ({priority}): {name}. {what}.", "已{time}无人响应。警报（{priority}）：{name}。{what}。"),
    "alarm_flood": ("Many alarms at once. Until it calms, only high and critical ones are told; all are on the list.", "同时出现大量警报。平息之前只通知高级和紧急警报，其余请查看列表。"),
    "plan": ("This plan cannot be carried out: {name}.", "这个计划无法执行：{name}。"),
    "method_of_other": ("{title} was given by {name}, who alone may change it, or the owner.", "“{title}”是{name}设定的，只有{name}或主人可以修改。"),
    "method_known": ("Now I know how to do {title}: {steps}.", "已记住“{title}”的做法：{steps}。"), "plan_never": ("it did not come about", "一直没有达到"),
    "plan_given": ("Plan {title}: {steps}.", "计划{title}：{steps}。"), "plan_late": ("Careful: {names} would not be over in time.", "注意：{names}会来不及完成。"),
    "plan_done": ("Plan {title} is done.", "计划{title}已完成。"), "plan_partly": ("Plan {title} has ended, but not all of it was done: {names}.", "计划{title}已结束，但未全部完成：{names}。"),
    "plan_yes": ("Plan {title} needs your yes: {what}", "计划{title}需要你的确认：{what}"), "plan_no_yes": ("nobody said yes", "没有人同意"), "plan_not_shown": ("it does not show that it was done", "没有迹象表明已经执行"),
    "plan_cancelled": ("Plan {title} is cancelled; what could be taken back is.", "计划{title}已取消，能撤销的都已撤销。"),
    "doubt_silent": ("{name} has been silent for longer than usual", "{name}沉默得比平时久"),
    "doubt_frozen": ("{name} has reported the same value for too long", "{name}的读数一直不变"),
    "doubt_stuck": ("{name} has been in one state for too long", "{name}一直停在同一状态"),
    "doubt_implausible": ("{name} reports what cannot be", "{name}的读数不合理"),
    "doubt_restless": ("{name} jumps about as never before", "{name}的读数异常跳动"),
    "doubt_empties": ("the battery of {name} will be empty within days", "{name}的电池几天内会用完"),
    "doubt_weak": ("the radio link of {name} is weak", "{name}的无线信号很弱"),
    "doubt_problem": ("{name} says that something is wrong with it", "{name}报告自身有故障"),
    "doubt_jammed": ("{name} did not do what it was told last", "{name}上次没有执行命令"),
    "doubt_impossible": ("{name} can no longer do what is asked of it", "{name}已不能执行所要求的操作"),
    "doubt_forbidden": ("who gave this order may not do that with {name} any more", "下达指令的人已无权操作{name}"),
    "doubt_asks": ("{name} asks for a yes each time", "{name}每次都需要确认"),
    "doubt_undelivered": ("the last message to your phone did not arrive", "上一条发往手机的消息没有送达"),
    "past_extreme": ("{name}: {state}, {when}.", "{name}：{state}，{when}。"), "past_never": ("{name} has not been {state} as far back as I know.", "据我所知，{name}没有{state}过。"),
    "past_since": ("{name} has been {state} since {when}.", "{name}从{when}起{state}。"), "past_last": ("{name} was last {state} {when}, until {until}.", "{name}上次{state}是{when}到{until}。"), "past_no_time": ("no time at all", "0分钟"), "past_above": ("above {amount}", "高于{amount}"), "past_below": ("below {amount}", "低于{amount}"), "past_known_since": ("(I know of it since {when}.)", "（{when}起才有记录。）"),
    "past_times": ("{name}: {state} {count}.", "{name}：{state}{count}。"), "past_duration": ("{name} was {state} for {time}.", "{name}{state}了{time}。"),
    "past_unknown": ("I have no record of {name} for that time.", "没有{name}在那段时间的记录。"),
    "past_yes": ("Yes: {name} {first} {one}, {second} {other}.", "是的：{name}{one}{first}，{other}{second}。"),
    "past_no": ("No: {name} {first} {one}, {second} {other}.", "不是：{name}{one}{first}，{other}{second}。"),
    "suppose_orders": ("Then: {what}.", "那么：{what}。"), "suppose_after": ("after {time}, \"{order}\" would act", "{time}后会执行“{order}”"), "suppose_at_once": ("\"{order}\" would act at once", "会立即执行“{order}”"),
    "suppose_nothing": ("No standing order would act because of it within an hour. What heat, water or people would do then I cannot tell.", "一小时内不会因此触发任何常设指令；温度、水流和人的反应我无法预料。"),
    "usual": ("Nothing unusual that I know of.", "没有发现异常。"), "usual_unknown": ("I have not known them long enough to tell what is usual.", "我了解的时间还不够长，说不出平时是怎样的。"),
    "unusual_number": ("{name} was {state} {when}; at that hour it is usually between {low} and {high}.", "{name}{when}为{state}，平时这个时段在{low}到{high}之间。"),
    "unusual_hour": ("{name} was {state} {when}; at that hour it never was before.", "{name}{when}{state}，以前这个时段从未如此。"),
    "unusual_long": ("{name} was {state} {when} for {time}; the longest before was {longest}.", "{name}{when}{state}持续{time}，以前最长{longest}。"),
    "guest_no": ("That is for somebody I know to decide: say it on the page.", "这需要我认识的人来决定，请在页面上操作。"),
    "why_ever": ("I have not seen it change.", "没有见过它变化。"), "why_since": ("It has been so since {when}.", "从{when}起一直如此。"),
    "why_you": ("You asked for it {when}: \"{told}\".", "是您{when}要求的：“{told}”。"), "why_you_did": ("You asked for it {when}.", "是您{when}要求的。"), "why_they": ("{who} asked for it {when}.", "是{who}{when}要求的。"), "why_somebody": ("somebody in {area}", "{area}里的人"), "why_nobody_known": ("somebody", "有人"),
    "why_order": ("A standing order did it: {told}.", "是常设指令执行的：{told}。"), "why_facts": (" ({names})", "（{names}）"),
    "why_plan": ("It was a step of a plan that {who} had given.", "这是{who}下达的计划中的一步。"), "why_agent": ("It was done by {told}.", "是{told}执行的。"),
    "why_hand": ("I know of nothing that I did for it: by hand, or by something else.", "据我所知不是我做的：可能是手动操作，或别的系统。"), "why_perhaps": ("Perhaps because of this: {what}.", "可能是因为：{what}。"),
    "why_failed": ("I tried, and it did not work: {what}.", "我尝试过，但没有成功：{what}。"),
    "why_besides": ("At that moment: {names}.", "当时：{names}。"), "why_refused": ("{who} wanted it changed {when}, and I did not do it: {why}.", "{who}{when}要求更改，我没有执行：{why}。"),
    "why_refused_you": ("You wanted it changed {when}, and I did not do it: {why}.", "您{when}要求更改，我没有执行：{why}。"), "why_nothing": ("I have done nothing lately.", "最近我没有做过什么。"),
    "why_usual": ("That is usual at this hour ({low} to {high}).", "这个时段通常如此（{low}到{high}）。"), "why_lower": ("At this hour it is usually {low} to {high}.", "平时这个时段为{low}到{high}。"),
    "why_higher": ("At this hour it is usually {low} to {high}.", "平时这个时段为{low}到{high}。"), "why_unmeasured": ("Nothing that I can see explains it.", "在我能看到的范围内找不到原因。"),
    "why_share": ("{name} was {state} for {value} of the last {window}, otherwise {low} to {high}: had it been as usual, this would not be so with a chance of {still}.", "{name}在过去{window}里{state}的时间占{value}，平时为{low}到{high}：如果像平时一样，有{still}的可能不会这样。"),
    "why_mean": ("{name} was {value} over the last {window}, otherwise {low} to {high}: had it been as usual, this would not be so with a chance of {still}.", "{name}在过去{window}里平均{value}，平时为{low}到{high}：如果像平时一样，有{still}的可能不会这样。"),
    "able": ("Yes: {name} can do that ({what}).", "可以，{name}支持{what}。"), "unable": ("No: {name} cannot do that ({what}).", "不可以，{name}不支持{what}。"),
    "abilities": ("{name}: {what}.", "{name}：{what}。"), "only_tells": ("{name} can only be read.", "{name}只能读取。"),
    "placed": ("{name} is in {place}.", "{name}在{place}。"), "unplaced": ("I do not know where {name} is.", "我不知道{name}在哪里。"),
    "ever_yes": ("Yes, {name} was {state}.", "是的，{name}{state}过。"), "ever_no": ("No, {name} was not {state}.", "没有，{name}没有{state}。"),
    "compared_yes": ("Yes: {name} {first}, {other} {second}.", "是的：{name}{first}，{other}{second}。"),
    "compared_no": ("No: {name} {first}, {other} {second}.", "不是：{name}{first}，{other}{second}。"),
    "linked_more": ("{name}: {count}, {other}: {less}.", "{name}：{count}，{other}：{less}。"), "linked_most": ("{name}: {count}.", "{name}：{count}。"),
    "linked_yes": ("Yes: {name}, {other}.", "是的：{name}，{other}。"), "linked_no": ("No: {name}, {other}.", "不是：{name}，{other}。"),
    "linked_path": ("{names}.", "{names}。"), "linked_no_path": ("Nothing leads from {name} to {other}.", "从{name}到{other}没有通路。"),
    "linked_many": ("{count}, among them {names}.", "{count}个，其中有{names}。"),
    "linked_nothing": ("Nothing is drawn up of this site: import a Brick model with `agentos graph import`.", "还没有导入站点模型：请用 agentos graph import 导入。"),
    "stopped": ("Everything is stopped: no commands leave until you release it.", "已全部停止：在你解除之前不会发出任何命令。"),
}  # fmt: skip

_STATES_EN = {"heat": "in heat mode", "cool": "in cool mode", "auto": "in auto mode", "heat_cool": "in auto mode"}
_STATES_ZH = {
    "on": "开着", "off": "关着", "open": "打开", "closed": "关闭", "locked": "已锁", "unlocked": "未锁", "opening": "正在打开",
    "closing": "正在关闭", "playing": "正在播放", "paused": "已暂停", "idle": "空闲", "cleaning": "正在清扫", "docked": "已回充",
    "returning": "正在返回", "mowing": "正在割草", "home": "在家", "away": "不在家", "heat": "制热", "cool": "制冷", "auto": "自动",
    "detected": "检测到", "clear": "正常", "wet": "有水", "dry": "干燥", "low": "低", "normal": "正常", "stopped": "已停止",
    "sunny": "晴", "cloudy": "多云", "rainy": "下雨", "snowy": "下雪", "partlycloudy": "局部多云", "clear-night": "晴夜", "fog": "雾",
}  # fmt: skip
_PROPERTIES_ZH = {"brightness": "亮度", "temperature": "温度", "volume": "音量", "position": "开度", "speed": "风速", "mode": "模式",
                  "color": "颜色", "color temperature": "色温", "humidity": "湿度", "value": "数值", "oscillation": "摇头", "tilt": "角度",
                  "current temperature": "当前温度", "current humidity": "当前湿度", "wind speed": "风速", "battery": "电量", "title": "曲目", "artist": "演唱者",
                  "power": "功率", "energy": "用电量", "pressure": "气压", "illuminance": "光照", "carbon dioxide": "二氧化碳"}  # fmt: skip
_PERIODS_ZH = {"weekend": "周末", **{f"since {day}": f"从周{zh}起" for day, zh in zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "一二三四五六日", strict=True)}, "today": "今天", "yesterday": "昨天", "last night": "昨晚", "this morning": "今天早上", "this week": "本周", "last week": "上周", "this month": "本月",
               "monday": "周一", "tuesday": "周二", "wednesday": "周三", "thursday": "周四", "friday": "周五", "saturday": "周六", "sunday": "周日"}  # fmt: skip
_DAYS_ZH = {"day": "每天", "weekday": "每个工作日", "weekend": "每个周末", "monday": "每周一", "tuesday": "每周二", "wednesday": "每周三",
            "thursday": "每周四", "friday": "每周五", "saturday": "每周六", "sunday": "每周日"}  # fmt: skip
_VERBS = {
    "turn on": ("on", "已打开"), "turn off": ("off", "已关闭"), "open": ("open", "已打开"), "close": ("closed", "已关闭"),
    "lock": ("locked", "已上锁"), "unlock": ("unlocked", "已开锁"), "unlatch": ("unlatched", "已开门"), "start": ("started", "已启动"),
    "dock": ("going home", "正在返回"), "pause": ("paused", "已暂停"), "resume": ("resumed", "已继续"), "stop": ("stopped", "已停止"),
    "skip": ("next track", "下一首"), "go back": ("previous track", "上一首"), "mute": ("muted", "已静音"), "unmute": ("unmuted", "已取消静音"),
    "activate": ("activated", "已启用"), "press": ("pressed", "已按下"), "locate": ("called", "已呼叫"), "play": ("playing", "正在播放"),
}  # fmt: skip
_ORDERS_ZH = {"turn on": "打开", "turn off": "关闭", "open": "打开", "close": "关闭", "lock": "锁上", "unlock": "打开锁", "unlatch": "打开",
              "start": "启动", "stop": "停止", "press": "按下", "activate": "启用",
              "add": "添加到", "remove": "移出", "complete": "完成", "drop": "删除", "play": "播放"}  # fmt: skip


def language_of(words: str, default: Language = "en") -> Language:
    """The language to answer in: that of the words."""
    if re.search(r"[\u4e00-\u9fff]", words):
        return "zh"
    return "en" if re.search(r"[A-Za-z]", words) else default


def say(phrase: str, language: Language, **parts: str) -> str:
    """A phrase with its parts filled in."""
    return _PHRASES[phrase][0 if language == "en" else 1].format(**parts)


def period(name: str, language: Language) -> str:
    """A stretch of the past."""
    if language == "zh":
        return _PERIODS_ZH.get(name, name)
    if name.startswith("since "):
        return f"since {name.removeprefix('since ').capitalize()}"
    return f"on {name.capitalize()}" if name.endswith("day") and name not in ("today", "yesterday") else name


def join(names: list[str], language: Language) -> str:
    """A list as people say it, cut at twelve."""
    shown = names[:12] + (["…"] if len(names) > 12 else [])
    if language == "zh":
        return "、".join(shown)
    return ", ".join(shown[:-1]) + f" and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def quantity(value: Json, unit: str, language: Language) -> str:
    """A value with its unit, as people say it."""
    if isinstance(value, bool):
        return state("on" if value else "off", language)
    if isinstance(value, int | float):
        number = number_text(round(float(value), 1))
        unit = {"C": "°C", "F": "°F"}.get(unit, unit)
        return f"{number}{unit}" if unit in ("%", "°C", "°F") else f"{number} {unit}".strip()
    return state(str(value), language)


def state(word: str, language: Language) -> str:
    """A state word."""
    return _STATES_ZH.get(word, word) if language == "zh" else _STATES_EN.get(word, word.replace("_", " "))


def done(command: Command, entity: EntityView | None, language: Language) -> str:
    """What a carried-out command amounts to: "Kitchen Light on", "Thermostat temperature 21°C"."""
    name = entity.name if entity else command.entity
    if command.verb in ("set", "raise", "lower"):
        prop = entity.property(command.property) if entity else None
        label = _PROPERTIES_ZH.get(command.property, command.property) if language == "zh" else command.property
        value = quantity(command.value, prop.unit if prop else "", language)
        return f"{name}{label}{value}" if language == "zh" else f"{name} {label} {value}"
    if command.verb in ("add", "remove", "complete") and isinstance(command.value, dict):
        item = str(command.value.get("item"))
        english = {
            "add": f"{item} added to {name}",
            "remove": f"{item} removed from {name}",
            "complete": f"{item} done on {name}",
        }
        chinese = {
            "add": f"已把{item}加入{name}",
            "remove": f"已从{name}移除{item}",
            "complete": f"{name}中的{item}已完成",
        }
        return (english if language == "en" else chinese)[command.verb]
    if command.verb == "drop":
        return f"{name} deleted" if language == "en" else f"已删除{name}"
    word = _VERBS.get(command.verb, (command.verb, command.verb))
    return f"{name} {word[0]}" if language == "en" else f"{name}{word[1]}"


def order(command: Command, entity: EntityView | None, language: Language) -> str:
    """A command as something still to be done: "unlock Front Door"."""
    name = entity.name if entity else command.entity
    if command.verb in ("set", "raise", "lower"):
        prop = entity.property(command.property) if entity else None
        value = quantity(command.value, prop.unit if prop else "", language)
        return f"set {name} {command.property} to {value}" if language == "en" else f"把{name}设为{value}"
    what = command.value.get("item") or command.value.get("query") if isinstance(command.value, dict) else None
    if language == "zh":
        return f"{_ORDERS_ZH.get(command.verb, command.verb)}{name}" + (f"：{what}" if what else "")
    return f"{command.verb} {what}, {name}" if what else f"{command.verb} {name}"


def priority(name: str, language: Language) -> str:
    """How urgent an alarm is."""
    return {"critical": "紧急", "high": "高", "medium": "中", "low": "低"}[name] if language == "zh" else name


def property_name(name: str, language: Language) -> str:
    """What a property is called."""
    return _PROPERTIES_ZH.get(name, name) if language == "zh" else name


def day_name(day: str, language: Language) -> str:
    """Every such day."""
    return _DAYS_ZH[day] if language == "zh" else f"every {day}"


def alarm(view: AlarmView, zone: dt.tzinfo, now: float, language: Language) -> str:
    """When an alarm rings: "07:00 every weekday", "07:00 tomorrow"."""
    time = f"{view.minute_of_day // 60:02}:{view.minute_of_day % 60:02}"
    if view.repeats and view.day:
        return f"{time} every {view.day}" if language == "en" else f"{_DAYS_ZH[view.day]}{time}"
    at, today = dt.datetime.fromtimestamp(view.rings_at, zone).date(), dt.datetime.fromtimestamp(now, zone).date()
    ahead = max(0, (at - today).days)
    day = ("today", "tomorrow")[ahead] if ahead < 2 else f"on {at:%A}"
    return (
        f"{time} {day}"
        if language == "en"
        else f"{('今天', '明天')[ahead] if ahead < 2 else _DAYS_ZH[f'{at:%A}'.casefold()][1:]}{time}"
    )


def duration(seconds: float, language: Language) -> str:
    """A duration in words."""
    text = str(Duration(max(1, round(seconds))))
    if language == "zh":
        for unit, word in (("min", "分钟"), ("h", "小时"), ("d", "天"), ("s", "秒")):
            text = re.sub(rf"(\d+) {unit}\b", rf"\1{word}", text)
        return text.replace(" ", "")
    names = {"d": "day", "h": "hour", "min": "minute", "s": "second"}
    return re.sub(
        r"(\d+) (d|h|min|s)\b", lambda match: f"{match[1]} {names[match[2]]}{'' if match[1] == '1' else 's'}", text
    )


def ability(name: str, language: Language) -> str:
    """What can be done, or set: a verb, or a property."""
    return property_name(_ORDERS_ZH.get(name, name), language) if language == "zh" else name


def place(area: str | None, floor: str | None, language: Language) -> str:
    """A room with its floor; nothing where neither is known."""
    if area and floor:
        return f"{floor}的{area}" if language == "zh" else f"{area} ({floor})"
    return area or floor or ""
